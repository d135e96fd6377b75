package import CentrifugoProxy
import Foundation
package import ProxyTracing

/// Where spans of calls go, and which calls have one.
struct TracingPolicy: Codable, Equatable, Sendable {
    static let parents = ["link", "child"]

    var endpoint: String?
    var sample = 1.0
    /// What a `traceparent` is that Centrifugo forwards from a client's header.
    var parent = "link"

    private enum CodingKeys: String, CodingKey, CaseIterable {
        case endpoint, sample, parent
    }

    init() {}

    init(from decoder: any Decoder) throws {
        let fields = try StrictSection<CodingKeys>(decoder)
        endpoint = try fields.optional(.endpoint)
        sample = try fields.value(.sample, or: sample)
        parent = try fields.value(.parent, or: parent)
        guard 0...1 ~= sample else {
            throw fields.mistake(.sample, "is \(sample); choose a share of the calls from 0 to 1")
        }
        guard Self.parents.contains(parent) else {
            throw fields.mistake(.parent, "is \"\(parent)\"; choose link or child")
        }
        guard let endpoint else { return }
        do throws(OTLPEndpointError) {
            _ = try OTLPEndpoint(endpoint)
        } catch {
            // It may contain a password, which nobody should read in a log.
            let shown = endpoint.contains("@") ? "is not an endpoint" : "is \"\(endpoint)\""
            throw fields.mistake(.endpoint, "\(shown): \(error)")
        }
    }
}

/// How the ready server traces calls.
package struct TracingSettings: Sendable {
    package let exporter: OTLPTracer.Configuration
    /// The share of calls that have a span.
    package let sample: Double
    package let forwarded: CallTracing.ForwardedContext
}

extension Policy {
    /// The settings of the policy and of OpenTelemetry's environment variables, which take precedence.
    ///
    /// - Returns: The settings; nil when no endpoint is given, or when a variable turns spans off.
    /// - Throws: ``PolicyError`` for a variable that cannot be used.
    package func makeTracing(
        environment: [String: String] = ProcessInfo.processInfo.environment
    ) throws(PolicyError) -> TracingSettings? {
        let policy = tracing ?? TracingPolicy()
        let endpoint = policy.endpoint.flatMap { try? OTLPEndpoint($0) }
        do throws(OTLPSettingError) {
            guard
                var exporter = try OTLPTracer.Configuration(
                    environment: environment,
                    endpoint: endpoint,
                    serviceName: "centrifugo-proxy"
                )
            else { return nil }
            let sample = OTLPTracer.Configuration.samples(by: environment) ? exporter.sample : policy.sample
            // The server decides for each call, so that a call without a span costs nothing.
            exporter.sample = 1
            return TracingSettings(
                exporter: exporter,
                sample: sample,
                forwarded: policy.parent == "child" ? .parent : .link
            )
        } catch {
            throw PolicyError(error.description)
        }
    }
}
