"""Who looks at the force's accounts."""

from rabta.force.access import Permission
from rabta.web.guard import over_all

# Times and counts tell of what is kept from other readers too: only posts over the whole force see them.
watchers = over_all(Permission.SEE_INTAKE)
