"""What the site as a whole keeps beside its apps: accounts, erasing, what is near, the overview, and the watch."""

from ecc_site.models.accounts import DemoAccount
from ecc_site.models.erasing import EraseJob
from ecc_site.models.nearest import NearestJob
from ecc_site.models.notifications import Delivery, DeliveryAttempt, Recipient
from ecc_site.models.overview import DatasetFigures
from ecc_site.models.watch import Alert, Bound, Measurement

__all__ = [
    "Alert",
    "Bound",
    "DatasetFigures",
    "Delivery",
    "DeliveryAttempt",
    "DemoAccount",
    "EraseJob",
    "Measurement",
    "NearestJob",
    "Recipient",
]
