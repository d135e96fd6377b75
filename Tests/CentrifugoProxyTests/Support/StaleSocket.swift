import Foundation

/// A Unix socket that does not listen, bound to a path or to none.
struct StaleSocket {
    let descriptor: Int32

    init() throws {
        descriptor = socket(AF_UNIX, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_NONBLOCK.rawValue), 0)
        guard descriptor >= 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    init(path: String) throws {
        try self.init()
        guard Self.withAddress(path, { bind(descriptor, $0, $1) }) == 0 else { throw CocoaError(.fileWriteUnknown) }
    }

    /// Connects without waiting; false when there is no room for one more.
    func connect(to path: String) throws -> Bool {
        if Self.withAddress(path, { Foundation.connect(descriptor, $0, $1) }) == 0 { return true }
        guard errno == EAGAIN else { throw CocoaError(.fileReadUnknown) }
        return false
    }

    /// Closes it; its file stays.
    func close() {
        Foundation.close(descriptor)
    }

    private static func withAddress<Result>(
        _ path: String,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result
    ) -> Result {
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        withUnsafeMutableBytes(of: &address.sun_path) { $0.copyBytes(from: path.utf8) }
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                body($0, socklen_t(MemoryLayout<sockaddr_un>.size))
            }
        }
    }
}

/// Passes a path in a new folder, which is removed with the test.
func withSocketPath(_ body: (String) async throws -> Void) async throws {
    let folder = NSTemporaryDirectory() + "s-\(UUID().uuidString.prefix(8))"
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(atPath: folder) }
    try await body(folder + "/proxy.sock")
}
