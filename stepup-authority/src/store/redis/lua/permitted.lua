-- Every command of the other scripts, once, on a key of its own. What is removed first is not
-- refused for want of memory after.
redis.call('INFO', 'server')
redis.call('TIME')
redis.call('DEL', KEYS[1])
redis.call('SET', KEYS[1], '', 'EX', 1)
redis.call('GET', KEYS[1])
redis.call('GETRANGE', KEYS[1], 0, 7)
return redis.call('DEL', KEYS[1])
