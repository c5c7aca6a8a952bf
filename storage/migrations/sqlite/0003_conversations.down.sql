-- The tables stay as they are: an older program doesn't look at them, and going up again finds them. It only must not
-- give a job the number of a conversation.
INSERT INTO meta SELECT 'entities_given', coalesce(max(entity), 0) FROM conversations WHERE true
ON CONFLICT DO UPDATE SET value = max(value, excluded.value);
