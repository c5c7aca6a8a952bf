-- Small facts about the database as a whole.
CREATE TABLE meta (
  name TEXT PRIMARY KEY,
  value NOT NULL
) WITHOUT ROWID;
INSERT INTO meta VALUES ('tenants_version', 1), ('deliveries_settled', 0);

-- The keys are wrapped, the secrets sealed: see storage/keyring.hpp. Numbers are never used twice, since other tables
-- name tenants by them.
CREATE TABLE tenant_configs (
  tenant INTEGER PRIMARY KEY AUTOINCREMENT,
  id TEXT NOT NULL UNIQUE,
  name TEXT NOT NULL,
  desk_kind TEXT NOT NULL,
  desk_url TEXT NOT NULL,
  desk_key BLOB NOT NULL,
  desk_ca TEXT NOT NULL,
  desk_options TEXT NOT NULL,
  signing_secret BLOB,
  previous_signing_secret BLOB,
  webhooks_per_minute INTEGER NOT NULL,
  paused INTEGER NOT NULL,
  created_at INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  wrapped_key BLOB NOT NULL
);

-- The head of each journal: its last event, its key and, for ticket jobs, their projection. One table, since all of it
-- changes with every append. `delivery` is what made the job: see storage/sqlite/deliveries.hpp.
CREATE TABLE journals (
  entity INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  kind INTEGER NOT NULL,
  id TEXT NOT NULL,
  number INTEGER NOT NULL,
  last_event INTEGER NOT NULL,
  data_key BLOB NOT NULL,
  delivery BLOB,
  delivery_expires INTEGER,
  ticket_id TEXT,
  received_at INTEGER,
  correlation_id TEXT,
  priority INTEGER,
  status INTEGER,
  due_at INTEGER,
  attempt INTEGER,
  step TEXT,
  error TEXT,
  finished_at INTEGER,
  provider TEXT,
  input_tokens INTEGER,
  output_tokens INTEGER,
  cost REAL,
  note_id TEXT
);
CREATE UNIQUE INDEX journals_by_name ON journals (tenant, kind, id);
-- Pending jobs in the order in which a tenant's are claimed, and running ones.
CREATE INDEX jobs_open ON journals (status, tenant, priority DESC, due_at) WHERE status <= 1;
-- Jobs that didn't complete.
CREATE INDEX jobs_ended ON journals (status, tenant) WHERE status >= 3;

-- In order of commit. Each names the entity's event before it (0 = none): reading a journal follows that chain from its
-- head, which spares every append the upkeep of an index.
CREATE TABLE events (
  seq INTEGER PRIMARY KEY,
  entity INTEGER NOT NULL,
  number INTEGER NOT NULL,
  previous INTEGER NOT NULL,
  type TEXT NOT NULL,
  at INTEGER NOT NULL,
  payload BLOB NOT NULL
);

-- Deliveries that have left the writer's memory, a generation at a time: see storage/sqlite/delivery_runs.hpp.
CREATE TABLE delivery_runs (
  run INTEGER PRIMARY KEY,
  rows INTEGER NOT NULL,
  expires INTEGER NOT NULL,
  filter BLOB NOT NULL,
  fences BLOB NOT NULL
);
CREATE TABLE delivery_chunks (
  chunk INTEGER PRIMARY KEY,
  entries BLOB NOT NULL
);

CREATE VIEW enhancement_history AS
SELECT t.id AS tenant_id, j.id AS job_id, j.ticket_id,
  CASE j.priority WHEN 0 THEN 'low' WHEN 1 THEN 'medium' WHEN 2 THEN 'high' ELSE 'critical' END AS priority,
  CASE j.status WHEN 0 THEN 'pending' WHEN 1 THEN 'running' WHEN 2 THEN 'completed' WHEN 3 THEN 'failed' WHEN 4 THEN 'dead'
    ELSE 'discarded' END AS status,
  coalesce(j.attempt, 0) AS attempt, j.step, j.error, j.received_at, j.due_at, j.finished_at, j.provider,
  coalesce(j.input_tokens, 0) AS input_tokens, coalesce(j.output_tokens, 0) AS output_tokens,
  coalesce(j.cost, 0.0) AS cost, j.note_id, j.correlation_id
FROM journals j JOIN tenant_configs t ON t.tenant = j.tenant
WHERE j.kind = 1;

CREATE VIEW dispatch AS
SELECT tenant, id AS job_id, priority, status, due_at FROM journals WHERE status <= 1;

-- What a tenant's jobs look things up in. A document's number is tenant * 2^32 plus a number of its own. `version` grows
-- with every import, `replaced` is the last one that changed a document instead of adding it.
CREATE TABLE document_state (
  tenant INTEGER PRIMARY KEY,
  version INTEGER NOT NULL,
  replaced INTEGER NOT NULL,
  tickets INTEGER NOT NULL,
  articles INTEGER NOT NULL
);
CREATE TABLE ticket_history (
  doc INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  subject TEXT NOT NULL,
  description TEXT NOT NULL,
  resolution TEXT NOT NULL,
  resolved_at TEXT NOT NULL,
  UNIQUE (tenant, id)
);
CREATE TABLE articles (
  doc INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  id TEXT NOT NULL,
  title TEXT NOT NULL,
  summary TEXT NOT NULL,
  body TEXT NOT NULL,
  url TEXT NOT NULL,
  UNIQUE (tenant, id)
);
CREATE TABLE assets (
  asset INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  hostname TEXT NOT NULL,
  role TEXT NOT NULL,
  client TEXT NOT NULL,
  location TEXT NOT NULL
);
CREATE TABLE asset_addresses (
  tenant INTEGER NOT NULL,
  address TEXT NOT NULL,
  asset INTEGER NOT NULL,
  place INTEGER NOT NULL,
  PRIMARY KEY (tenant, address)
) WITHOUT ROWID;
CREATE INDEX addresses_of_asset ON asset_addresses (asset, place);

-- Notes of the desk that troupe itself is.
CREATE TABLE local_notes (
  note INTEGER PRIMARY KEY,
  tenant INTEGER NOT NULL,
  ticket_id TEXT NOT NULL,
  marker TEXT,
  id TEXT NOT NULL,
  markdown TEXT NOT NULL,
  html TEXT NOT NULL,
  created_at INTEGER NOT NULL
);
CREATE UNIQUE INDEX notes_by_ticket ON local_notes (tenant, ticket_id, marker);
CREATE INDEX notes_by_tenant ON local_notes (tenant);

CREATE TABLE audit_log (
  seq INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  actor TEXT NOT NULL,
  action TEXT NOT NULL,
  tenant TEXT NOT NULL,
  object TEXT NOT NULL,
  outcome TEXT NOT NULL,
  correlation_id TEXT NOT NULL
);
CREATE INDEX audit_by_tenant ON audit_log (tenant);
