"""What Redis itself does for ``server/redis_locks.py``, each script in one piece.

A conversation's queue is a list of tokens ``process:number``; its first holds the lock until
``held`` expires or its process shows no life sign. KEYS are queue and held; ARGV begin with token,
lifetime in milliseconds and prefix.
"""

# Answers.
WAITING, MINE, FULL, GONE = 0, 1, 2, 3

# The new first of the queue holds the lock, and its process is told.
_NEXT = """
local function next_one()
  local first = redis.call('LINDEX', KEYS[1], 0)
  if not first then
    redis.call('DEL', KEYS[2])
    return
  end
  redis.call('SET', KEYS[2], first, 'PX', ARGV[2])
  local inbox = ARGV[3] .. ':wake:' .. string.match(first, '^[^:]+')
  redis.call('RPUSH', inbox, first)
  redis.call('PEXPIRE', inbox, ARGV[2])
end
"""

# Further ARGV: key of the own life sign, its lifetime, longest queue.
ENTER = """
if redis.call('LLEN', KEYS[1]) > tonumber(ARGV[6]) then return 2 end
redis.call('SET', ARGV[4], 1, 'PX', ARGV[5])
local place = redis.call('RPUSH', KEYS[1], ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2] * 10)
if place > 1 then return 0 end
redis.call('SET', KEYS[2], ARGV[1], 'PX', ARGV[2])
return 1
"""

# Clears away a first that is dead or has held the lock too long; says where the token stands.
LOOK = (
    _NEXT
    + """
while true do
  local first = redis.call('LINDEX', KEYS[1], 0)
  if not first then return 3 end
  if first == ARGV[1] then
    if redis.call('GET', KEYS[2]) ~= first then
      redis.call('SET', KEYS[2], first, 'PX', ARGV[2])
    end
    return 1
  end
  local alive = ARGV[3] .. ':alive:' .. string.match(first, '^[^:]+')
  if redis.call('EXISTS', alive) == 1 and redis.call('GET', KEYS[2]) == first then break end
  redis.call('LPOP', KEYS[1])
  next_one()
end
for _, token in ipairs(redis.call('LRANGE', KEYS[1], 0, -1)) do
  if token == ARGV[1] then return 0 end
end
return 3
"""
)

# Gives up a place, first or not.
LEAVE = (
    _NEXT
    + """
if redis.call('LINDEX', KEYS[1], 0) == ARGV[1] then
  redis.call('LPOP', KEYS[1])
  next_one()
else
  redis.call('LREM', KEYS[1], 0, ARGV[1])
end
return 0
"""
)
