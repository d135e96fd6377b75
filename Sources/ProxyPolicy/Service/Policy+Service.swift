package import CentrifugoProxy
import Foundation
package import Logging

#if HTTPBridge
import ProxyHTTPBridge
#endif

extension Policy {
    /// Checks whether rules can be made from the policy: reads the files of secrets and keys, and opens nothing else.
    ///
    /// - Throws: An error whose sentence says which part cannot be used, and why.
    package func check(logger: Logger) async throws {
        try requireParts()
        _ = try makeTopics()
        _ = try makeChannels(logger: logger)
        _ = try secret?.sharedSecret()
        #if JWT
        if let jwt = tokens?.jwt { _ = try await Self.makeVerifier(jwt, logger: logger) }
        #endif
        #if HTTPBridge
        _ = try rpc?.http.map { try HTTPBridge($0.configuration, logger: logger) }
        _ = try connect?.http.map { try HTTPConnectHandler($0.configuration, logger: logger) }
        #endif
    }

    /// Checks whether rules can be made from the policy's text alone, without any file or connection.
    ///
    /// - Throws: An error whose sentence says which part cannot be used, and why.
    package func checkRules() throws {
        _ = try makeRegistry()
        _ = try makeChannels(logger: Logger(label: "centrifugo-proxy") { _ in SwiftLogNoOpLogHandler() })
        #if HTTPBridge
        // The method itself does not matter: this parses the rules.
        _ = try rpc?.http.map { try HTTPBridge.preview(of: "get:a", $0.configuration) }
        _ = try connect?.http.map { try HTTPConnectHandler.validate($0.configuration) }
        #endif
    }

    /// The service with handlers for the policy's events.
    func makeService(
        _ handlers: ReadyHandlers,
        behind interceptors: [any Interceptor] = []
    ) -> ProxyService {
        let events = Set(events)
        return ProxyService(
            interceptors: interceptors,
            connect: events.contains(.connect) ? handlers : nil,
            refresh: events.contains(.refresh) ? handlers : nil,
            subscribe: events.contains(.subscribe) ? handlers : nil,
            subRefresh: events.contains(.subRefresh) ? handlers : nil,
            publish: events.contains(.publish) ? handlers : nil,
            rpc: events.contains(.rpc) ? handlers : nil,
            mapPublish: events.contains(.mapPublish) ? handlers : nil,
            mapRemove: events.contains(.mapRemove) ? handlers : nil
        )
    }

    /// The server's listeners, limits and access log.
    ///
    /// - Parameter logger: Receives the access log's lines.
    /// - Returns: The configuration.
    /// - Throws: An error whose sentence says what cannot be used.
    package func makeConfiguration(logger: Logger) throws -> ProxyServer.Configuration {
        var configuration = ProxyServer.Configuration(
            listeners: try listeners.flatMap { try $0.listeners() },
            eventLoops: executor.eventLoops,
            executor: executor.handlers == "global" ? .global : .eventLoop
        )
        configuration.sharedSecret = try secret?.sharedSecret()
        configuration.limits = limits.limits
        configuration.accessLog = log.access.accessLog(logger)
        return configuration
    }
}

#if HTTPBridge
extension HTTPPolicy {
    var configuration: HTTPBridge.Configuration {
        var configuration = HTTPBridge.Configuration(baseURL: baseURL, allowed: allow)
        configuration.forwardedMetadata = forwardMetadata
        configuration.headers = headers.mapValues(\.text)
        configuration.userHeader = userHeader
        configuration.clientHeader = clientHeader
        configuration.timeout = timeout.duration
        configuration.maxConnections = maxConnections
        configuration.maxRequestSize = maxRequestSize.bytes
        configuration.maxAnswerSize = maxAnswerSize.bytes
        return configuration
    }
}

extension ConnectHTTPPolicy {
    var configuration: HTTPConnectHandler.Configuration {
        var configuration = HTTPConnectHandler.Configuration(url: url, forwardedMetadata: forwardMetadata)
        configuration.headers = headers.mapValues(\.text)
        configuration.timeout = timeout.duration
        configuration.sharesRequests = shareRequests
        configuration.maxConnections = maxConnections
        configuration.maxAnswerSize = maxAnswerSize.bytes
        return configuration
    }
}
#endif
