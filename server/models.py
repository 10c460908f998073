"""Every package's tables, imported so that the metadata is whole; migrations and tests need them all."""

import catalog.models
import displays.models
import kiosk.models
import server.core.audit
import server.core.brand
import server.core.devices
import server.core.lease
import server.core.media
import server.core.staff
import server.core.topics
import social.models
