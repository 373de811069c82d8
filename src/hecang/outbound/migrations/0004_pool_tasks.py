"""Batches to be walked and open putbacks become tasks of the pool."""

from django.db import migrations

BATCHES = """
INSERT INTO task (kind, state, warehouse_id, zone_id, priority, due_at, from_location_id, to_location_id, sku_id, quantity,
    skill, equipment, est_seconds, subject_kind, subject_id, note, assignee_id, assigned_at, lease_until, started_at,
    working_since, worked_seconds, done_by, created_by, created_at)
SELECT 'pick', CASE WHEN b.state = 'picking' AND b.picker_id IS NOT NULL THEN 'started' ELSE 'open' END, w.warehouse_id,
    t.zone_id, coalesce(f.priority, 100), f.ship_by, t.first_id, b.staging_id, t.sku_id, b.unit_count, '', '',
    b.walk_mm / 1200 + b.line_count * 12, 'batch', b.id, b.number, p.id,
    CASE WHEN p.id IS NOT NULL THEN b.started_at END,
    CASE WHEN p.id IS NOT NULL THEN now() + interval '30 minutes' END, b.started_at,
    CASE WHEN p.id IS NOT NULL THEN coalesce(b.started_at, now()) END, 0, '', 'migration', coalesce(w.released_at, now())
FROM batch b JOIN wave w ON w.id = b.wave_id
LEFT JOIN "user" p ON p.id = b.picker_id AND b.state = 'picking'
LEFT JOIN LATERAL (
    SELECT mode() WITHIN GROUP (ORDER BY l.zone_id) AS zone_id,
        (array_agg(p.from_location_id ORDER BY p.sequence, p.id))[1] AS first_id,
        CASE WHEN min(p.sku_id) = max(p.sku_id) THEN min(p.sku_id) END AS sku_id
    FROM pick_task p JOIN location l ON l.id = p.from_location_id WHERE p.batch_id = b.id AND p.kind = 'pick'
) t ON true
LEFT JOIN LATERAL (
    SELECT min(priority) AS priority, min(ship_by) AS ship_by FROM fulfilment WHERE batch_id = b.id
) f ON true
WHERE b.state IN ('released', 'picking')
ON CONFLICT (kind, subject_kind, subject_id) WHERE state IN ('open', 'assigned', 'started', 'paused') DO NOTHING
"""

PUTBACKS = """
INSERT INTO task (kind, state, warehouse_id, zone_id, priority, from_location_id, to_location_id, sku_id, quantity, skill,
    equipment, est_seconds, subject_kind, subject_id, note, worked_seconds, done_by, created_by, created_at)
SELECT 'putback', 'open', t.warehouse_id, l.zone_id, 100, t.from_location_id, t.to_location_id, t.sku_id, t.quantity, '',
    '', 60, 'pick_task', t.id, '', 0, '', 'migration', now()
FROM pick_task t JOIN location l ON l.id = t.from_location_id WHERE t.kind = 'putback' AND t.state = 'open'
ON CONFLICT (kind, subject_kind, subject_id) WHERE state IN ('open', 'assigned', 'started', 'paused') DO NOTHING
"""

EVENTS = """
INSERT INTO task_event (task_id, at, event, actor, user_id, data)
SELECT t.id, t.created_at, 'created', 'migration', NULL, '{}' FROM task t
WHERE t.subject_kind IN ('batch', 'pick_task') AND NOT EXISTS (SELECT 1 FROM task_event e WHERE e.task_id = t.id)
"""


class Migration(migrations.Migration):
    dependencies = [("outbound", "0003_promise_outcomes"), ("work", "0001_initial")]

    operations = [
        migrations.RunSQL(BATCHES, migrations.RunSQL.noop),
        migrations.RunSQL(PUTBACKS, migrations.RunSQL.noop),
        migrations.RunSQL(EVENTS, migrations.RunSQL.noop),
    ]
