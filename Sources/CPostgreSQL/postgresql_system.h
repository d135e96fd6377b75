// PostgreSQL's client library; pkg-config says where it is.
#include <libpq-fe.h>
