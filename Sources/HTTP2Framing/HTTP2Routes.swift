internal import CNghttp2

/// The paths a server answers.
///
/// One table serves all its sessions.
package final class HTTP2Routes: Sendable {
    /// How a route's requests are delivered.
    package enum Kind: Sendable {
        /// One event for a whole request.
        case unary
        /// Events for the header list, each piece of the body, and its end.
        case streaming
    }

    /// Freed in `deinit`, and retained by the sessions that borrow it.
    ///
    /// Written only in `init`, so threads may share it.
    nonisolated(unsafe) let handle: OpaquePointer

    /// Makes a table in which a path's route is its index in `paths`.
    package init(_ paths: [(path: String, kind: Kind)]) {
        handle = cnghttp2_routes_create()
        for (path, kind) in paths {
            _ = cnghttp2_routes_add(handle, path, path.utf8.count, kind == .streaming)
        }
    }

    deinit {
        cnghttp2_routes_free(handle)
    }
}
