"""Celery: how tasks are delivered, which queue each waits in, and what beat starts when."""

from __future__ import annotations

from kombu import Queue

CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True  # a killed worker's task is delivered again
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
# A broker that is down must not keep a customer waiting; beat picks up what was left behind.
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_connect_timeout": 2,
    "socket_timeout": 5,
    "max_retries": 1,  # of connecting, with the pause that follows; kombu's own take 6 s
    "interval_start": 0.2,
}
CELERY_TASK_PUBLISH_RETRY = False
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_SERIALIZER = "json"
CELERY_TIMEZONE = "UTC"
# Ten thousand e-mails must not delay a payment, so each kind waits in a queue of its own. A worker
# without --queues serves all of them in turn; a live shop has one for payments alone.
PAYMENTS, EMAILS, OTHERS = "payments", "emails", "celery"
CELERY_TASK_DEFAULT_QUEUE = OTHERS
CELERY_TASK_QUEUES = [Queue(name, routing_key=name) for name in (PAYMENTS, EMAILS, OTHERS)]
CELERY_TASK_ROUTES = {
    "plugins.stripe_payments.tasks.process_event": {"queue": PAYMENTS},
    "plugins.stripe_payments.tasks.process_waiting_events": {"queue": PAYMENTS},
    "plugins.stripe_payments.tasks.reconcile": {"queue": PAYMENTS},
    "plugins.ordering.tasks.perform_refund": {"queue": PAYMENTS},
    "plugins.ordering.tasks.perform_waiting_refunds": {"queue": PAYMENTS},
    "plugins.ordering.tasks.release_unpaid_orders": {"queue": PAYMENTS},
    "plugins.order_emails.tasks.send_email": {"queue": EMAILS},
    "plugins.order_emails.tasks.send_waiting_emails": {"queue": EMAILS},
    "plugins.order_emails.tasks.remind_of_payment": {"queue": EMAILS},
}
CELERY_BEAT_SCHEDULE = {
    "send-low-stock-alerts": {
        "task": "plugins.inventory.tasks.send_low_stock_alerts",
        "schedule": 300.0,
    },
    "send-back-in-stock-alerts": {
        "task": "plugins.inventory.tasks.send_back_in_stock_alerts",
        "schedule": 300.0,
    },
    "follow-parcels": {
        "task": "plugins.discreet_shipping.tasks.follow_parcels",
        "schedule": 600.0,
    },
    "check-stock-ledger": {
        "task": "plugins.inventory.tasks.check_ledger",
        "schedule": 600.0,
    },
    "release-unpaid-orders": {
        "task": "plugins.ordering.tasks.release_unpaid_orders",
        "schedule": 60.0,
    },
    # Orders that end free pieces for those that lack some; a count is looked at at once.
    "review-shortages": {
        "task": "plugins.ordering.tasks.review_shortages",
        "schedule": 300.0,
    },
    # What plugins/ordering/retention.py promises, and invitations. Once an hour, since beat's clock
    # begins anew with each start: a day's pause might never end in a shop that is deployed daily.
    **{
        name: {"task": task, "schedule": 3600.0}
        for name, task in (
            ("erase-old-baskets", "plugins.ordering.tasks.erase_old_baskets"),
            ("anonymise-old-orders", "plugins.ordering.tasks.anonymise_old_orders"),
            ("delete-old-emails", "plugins.order_emails.tasks.delete_old_emails"),
            ("delete-old-messages", "plugins.order_emails.tasks.delete_old_messages"),
            ("invite-to-review", "plugins.order_emails.tasks.invite_to_review"),
            ("delete-old-events", "plugins.stripe_payments.tasks.delete_old_events"),
        )
    },
    "delete-old-traces": {"task": "dashboard.tasks.delete_old_traces", "schedule": 3600.0},
    "apply-price-changes": {"task": "dashboard.tasks.apply_price_changes", "schedule": 60.0},
    "perform-waiting-refunds": {
        "task": "plugins.ordering.tasks.perform_waiting_refunds",
        "schedule": 60.0,
    },
    "process-waiting-stripe-events": {
        "task": "plugins.stripe_payments.tasks.process_waiting_events",
        "schedule": 60.0,
    },
    "reconcile-with-stripe": {"task": "plugins.stripe_payments.tasks.reconcile", "schedule": 300.0},
    "check-statement-with-stripe": {
        "task": "plugins.stripe_payments.tasks.check_statement",
        "schedule": 3600.0,
    },
    "delete-unconfirmed": {
        "task": "storefront.tasks.delete_unconfirmed",
        "schedule": 3600.0,
    },
    "delete-old-saved": {"task": "storefront.tasks.delete_old_saved", "schedule": 3600.0},
    "remind-of-payment": {
        "task": "plugins.order_emails.tasks.remind_of_payment",
        "schedule": 60.0,
    },
    "send-due-gift-cards": {
        "task": "plugins.order_emails.tasks.send_due_gift_cards",
        "schedule": 600.0,
    },
    "send-waiting-emails": {
        "task": "plugins.order_emails.tasks.send_waiting_emails",
        "schedule": 30.0,
    },
}
