-- Full-text indices over the documents. The tokenizer `troupe` (storage/sqlite/tokenizer.hpp) reads a tenant's number up
-- to the unit separator and puts it before every token: each tenant has its own words in the one index.
CREATE VIRTUAL TABLE ticket_text USING fts5(subject, description, resolution, content='', tokenize='troupe');
CREATE VIRTUAL TABLE article_text USING fts5(title, summary, body, content='', tokenize='troupe');
CREATE VIRTUAL TABLE ticket_words USING fts5vocab(ticket_text, row);

INSERT INTO ticket_text (rowid, subject, description, resolution)
SELECT doc, tenant || char(31) || subject, tenant || char(31) || description, tenant || char(31) || resolution
FROM ticket_history;
INSERT INTO article_text (rowid, title, summary, body)
SELECT doc, tenant || char(31) || title, tenant || char(31) || summary, tenant || char(31) || body
FROM articles;
