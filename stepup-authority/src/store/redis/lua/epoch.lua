-- KEYS[1] is the record of the epoch. ARGV: the number of a new one, whether this client has seen
-- one, and the client's time. The server says itself which one it is, in the same step as all else:
-- whoever asks need not notice that another took over.
local replication = redis.call('INFO', 'replication')
if not string.find(replication, 'role:master', 1, true) then
  return redis.error_reply('READONLY this is a replica')
end
local run = string.match(redis.call('INFO', 'server'), 'run_id:(%x+)')
local history = string.match(replication, 'master_replid:(%x+)')
if not run or not history then
  return redis.error_reply('NOIDENTITY this server does not say which one it is')
end
local here = run .. ':' .. history
local stored = redis.call('GET', KEYS[1])
local made_on, epoch = string.match(stored or '', '^(%S+) (%d+ %S+)$')
if made_on ~= here then
  if not string.find(redis.call('INFO', 'memory'), 'maxmemory_policy:noeviction', 1, true) then
    return redis.error_reply('EVICTS this server throws records away')
  end
  local lost_at = '-'
  if stored or ARGV[2] == '1' then
    -- The later of two clocks: what counts from here on counts from here on by both. A client's
    -- that is far ahead is wrong: nobody's codes shall be in doubt for as long as that.
    local own = tonumber(redis.call('TIME')[1])
    local now = math.max(own, math.min(tonumber(ARGV[3]), own + 1200))
    lost_at = string.format('%.0f', now)
  end
  epoch = ARGV[1] .. ' ' .. lost_at
  redis.call('SET', KEYS[1], here .. ' ' .. epoch)
end
