-- A user's key wraps the keys of the user's conversations; see storage/keyring.hpp. Numbers are never used twice, since
-- conversations name users by them.
CREATE TABLE IF NOT EXISTS user_keys (
  user INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  data_key BLOB NOT NULL,
  UNIQUE (tenant, id)
);

-- The head of each conversation's journal with its projection: one row changes with every append. Its numbers are of one
-- series with those of `journals`, since `events` are of both. `last_quarter` is `last_at` in quarters of an hour: an
-- index of it is touched seldom.
CREATE TABLE IF NOT EXISTS conversations (
  entity INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  number INTEGER NOT NULL,
  last_event INTEGER NOT NULL,
  data_key BLOB NOT NULL,
  user INTEGER NOT NULL,
  agent TEXT NOT NULL,
  slot TEXT NOT NULL,
  opened_at INTEGER NOT NULL,
  version TEXT NOT NULL,
  step TEXT NOT NULL,
  step_number INTEGER NOT NULL,
  completed INTEGER NOT NULL,
  messages INTEGER NOT NULL,
  last_at INTEGER NOT NULL,
  busy INTEGER NOT NULL,
  last_quarter INTEGER NOT NULL
);
-- Each is written when a conversation is opened; only the last two may change later.
CREATE UNIQUE INDEX IF NOT EXISTS conversations_by_name ON conversations (tenant, id);
CREATE UNIQUE INDEX IF NOT EXISTS conversations_by_slot ON conversations (user, agent, slot);
CREATE INDEX IF NOT EXISTS conversations_current ON conversations (user, agent) WHERE substr(slot, 1, 7) <> 'thread:';
CREATE INDEX IF NOT EXISTS conversations_of_user ON conversations (user, id);
CREATE INDEX IF NOT EXISTS conversations_of_agent ON conversations (tenant, agent, id);
CREATE INDEX IF NOT EXISTS conversations_busy ON conversations (tenant, id) WHERE busy = 1;
CREATE INDEX IF NOT EXISTS conversations_idle ON conversations (agent, last_quarter, id);

-- `successor` is the hash of the token that took this one's place at `used_at`.
CREATE TABLE IF NOT EXISTS refresh_tokens (
  hash BLOB PRIMARY KEY,
  tenant INTEGER NOT NULL,
  user TEXT NOT NULL,
  family TEXT NOT NULL,
  role TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  used_at INTEGER,
  successor BLOB
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS tokens_of_family ON refresh_tokens (tenant, family);
CREATE INDEX IF NOT EXISTS tokens_of_user ON refresh_tokens (tenant, user);
CREATE INDEX IF NOT EXISTS tokens_by_expiry ON refresh_tokens (expires_at);

-- Coming up again: tenants that the older program removed meanwhile have left their rows in these tables.
INSERT INTO meta
SELECT 'removed:' || tenant, 0
FROM (SELECT tenant FROM user_keys UNION SELECT tenant FROM conversations UNION SELECT tenant FROM refresh_tokens)
WHERE tenant NOT IN (SELECT tenant FROM tenant_configs)
ON CONFLICT DO UPDATE SET value = 0;
