#if HTTPBridge
import CentrifugoProxy
import LogTestKit
import Logging
import Metrics
import MetricsTestKit
import NIOConcurrencyHelpers
import ProxyHTTPBridge
import Testing
import UpstreamTestKit

/// A bridge with an upstream, and what can be seen of it from outside.
struct BridgeTest {
    let bridge: HTTPBridge
    let upstream: TestUpstream
    let log: LogLines
    let metrics: TestMetrics

    /// Runs `body` with a bridge that allows everything, unless `change` says otherwise.
    static func run(
        change: (inout HTTPBridge.Configuration) -> Void = { _ in },
        answer: @escaping TestUpstream.Answer = { try await $1.answer() },
        _ body: (BridgeTest) async throws -> Void
    ) async throws {
        try await TestUpstream.run(answer) { upstream in
            var configuration = HTTPBridge.Configuration(baseURL: upstream.baseURL, allowed: ["*:**"])
            // A test must not depend on the speed of its machine.
            configuration.timeout = .seconds(60)
            change(&configuration)
            let log = LogLines()
            let metrics = TestMetrics()
            let bridge = try withMetricsFactory(metrics) { try HTTPBridge(configuration, logger: log.logger) }
            try await body(BridgeTest(bridge: bridge, upstream: upstream, log: log, metrics: metrics))
            await bridge.shutdown()
        }
    }

    /// Calls a method and returns the answer's text.
    func call(
        _ method: String,
        _ data: String = "",
        user: String = "",
        metadata: Metadata = [:],
        timeout: Duration? = nil
    ) async throws -> String? {
        let request = RPCRequest(encoding: "json", user: user, method: method, data: [UInt8](data.utf8))
        let context = CallContext(event: .rpc, metadata: metadata, timeout: timeout)
        return try await bridge.rpc(request, context: context).data.text
    }

    /// Calls a method and returns the error's code, followed by `t` if the error is temporary.
    func refusal(
        _ method: String,
        _ data: String = "",
        user: String = "",
        metadata: Metadata = [:],
        timeout: Duration? = nil
    ) async throws -> String {
        let error = try await #require(throws: CentrifugoError.self) {
            try await call(method, data, user: user, metadata: metadata, timeout: timeout)
        }
        return "\(error.code)\(error.temporary ? "t" : "")"
    }

    /// The outcomes that were counted.
    func outcomes() -> [String: Int64] {
        var counts: [String: Int64] = [:]
        for counter in metrics.counters where counter.label == "centrifugo_proxy_bridge_requests" {
            guard let outcome = counter.dimensions.first?.1, counter.totalValue > 0 else { continue }
            counts[outcome] = counter.totalValue
        }
        return counts
    }
}
#endif
