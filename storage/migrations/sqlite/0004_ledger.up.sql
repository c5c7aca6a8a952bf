-- For whom models were called: without its row a user's calls are nobody's, and the amounts stay.
CREATE TABLE IF NOT EXISTS ledger_users (
  user INTEGER PRIMARY KEY AUTOINCREMENT,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  UNIQUE (tenant, id)
);

-- A row for each call of a model; see storage/ledger.hpp. `user` and `kind` are 0 for none. `cost` is in billionths of a
-- dollar.
CREATE TABLE IF NOT EXISTS ledger (
  call INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  tenant INTEGER NOT NULL,
  user INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  entity TEXT NOT NULL,
  run TEXT NOT NULL,
  agent TEXT NOT NULL,
  provider TEXT NOT NULL,
  model TEXT NOT NULL,
  input_tokens INTEGER NOT NULL,
  output_tokens INTEGER NOT NULL,
  cached_tokens INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  latency INTEGER NOT NULL,
  outcome INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS ledger_by_time ON ledger (at);
-- What a conversation or a run has spent is in the index alone.
CREATE INDEX IF NOT EXISTS ledger_by_run ON ledger (tenant, kind, entity, run, cost, input_tokens, output_tokens);
CREATE INDEX IF NOT EXISTS ledger_open ON ledger (outcome) WHERE outcome = 0;

-- What was spent on a day (UTC, counted from the Unix epoch): by a tenant as user 0, and by each of its users.
CREATE TABLE IF NOT EXISTS ledger_days (
  tenant INTEGER NOT NULL,
  user INTEGER NOT NULL,
  day INTEGER NOT NULL,
  tokens INTEGER NOT NULL,
  cost INTEGER NOT NULL,
  PRIMARY KEY (tenant, user, day)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ledger_days_by_day ON ledger_days (day);

-- Budgets of tenants who have their own: a JSON object.
CREATE TABLE IF NOT EXISTS tenant_budgets (
  tenant INTEGER PRIMARY KEY,
  budgets TEXT NOT NULL
);

-- Coming up again: tenants that the older program removed meanwhile have left their rows in these tables.
INSERT INTO meta
SELECT 'removed:' || tenant, 0
FROM (SELECT tenant FROM ledger_users UNION SELECT tenant FROM ledger_days UNION SELECT tenant FROM tenant_budgets)
WHERE tenant NOT IN (SELECT tenant FROM tenant_configs)
ON CONFLICT DO UPDATE SET value = 0;
