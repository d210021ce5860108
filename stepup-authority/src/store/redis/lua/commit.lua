-- ARGV[4] is the epoch of what was read. Then four for each of the other KEYS: the revision that was
-- read, what to do, the new value and its seconds to live; empty is none.
if epoch ~= ARGV[4] then
  return { epoch, 0 }
end
for i = 2, #KEYS do
  if redis.call('GETRANGE', KEYS[i], 0, 7) ~= ARGV[4 * i - 3] then
    return { epoch, 0 }
  end
end
for i = 2, #KEYS do
  local write, value, seconds = ARGV[4 * i - 2], ARGV[4 * i - 1], ARGV[4 * i]
  if write == 'remove' then
    redis.call('DEL', KEYS[i])
  elseif write == 'put' and seconds == '' then
    redis.call('SET', KEYS[i], value)
  elseif write == 'put' then
    redis.call('SET', KEYS[i], value, 'EX', seconds)
  end
end
return { epoch, 1 }
