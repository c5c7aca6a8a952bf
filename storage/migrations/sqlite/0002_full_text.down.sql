-- The documents stay; going up again indexes them anew.
DROP TABLE ticket_words;
DROP TABLE ticket_text;
DROP TABLE article_text;
