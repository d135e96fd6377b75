import GRPCCall
import GRPCClient
import HTTP2Transport

extension GRPCChannel {
    /// A channel to a server of the test, which waits for milliseconds where others wait for seconds.
    static func to(
        _ server: FrameServer,
        _ change: (inout GRPCChannel.Configuration) -> Void = { _ in }
    ) throws -> GRPCChannel {
        try to(.tcp(host: "127.0.0.1", port: server.port), change)
    }

    static func to(
        _ address: ClientTarget.Address,
        _ change: (inout GRPCChannel.Configuration) -> Void = { _ in }
    ) throws -> GRPCChannel {
        var configuration = GRPCChannel.Configuration(userAgent: "test")
        configuration.backoff.first = .milliseconds(1)
        configuration.backoff.most = .milliseconds(10)
        change(&configuration)
        return try GRPCChannel(ClientTarget(address), configuration: configuration)
    }

    /// Calls a method that the test's servers know by the message alone.
    func call(
        _ message: [UInt8],
        waitsForServer: Bool = false,
        timeout: Duration = .seconds(60)
    ) async -> Result<[UInt8], GRPCStatus> {
        do throws(GRPCStatus) {
            return .success(
                try await call("/test.Service/Call", message, timeout: timeout, waitsForServer: waitsForServer)
            )
        } catch {
            return .failure(error)
        }
    }
}

extension Result<[UInt8], GRPCStatus> {
    /// The code of a call that failed.
    var code: GRPCStatus.Code? {
        if case .failure(let status) = self { status.code } else { nil }
    }
}
