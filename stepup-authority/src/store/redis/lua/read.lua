-- The other KEYS are those of records.
local found = { epoch }
for i = 2, #KEYS do
  found[i] = redis.call('GET', KEYS[i])
end
return found
