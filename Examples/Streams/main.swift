import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Sends the count of seconds to all subscribers of `ticker:seconds`.
actor Ticker: SubscribeUnidirectionalHandler, Service {
    private let hub = ChannelHub(name: "ticker", slowReaders: .dropOldest)

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        guard request.channel == "ticker:seconds" else { throw CentrifugoError.permissionDenied }
        return UnidirectionalSubscription(from: hub, channel: request.channel)
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            for second in 1... {
                try await Task.sleep(for: .seconds(1))
                try self.hub.publish(Publication(data: try .json(["seconds": second])), to: "ticker:seconds")
            }
        }
    }
}

/// Sends what a client publishes back to it, in capitals.
actor Echo: SubscribeBidirectionalHandler {
    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        BidirectionalSubscription { publications, writer in
            for await publication in publications {
                guard let text = try? publication.data.decode(String.self) else { continue }
                try await writer.write(Publication(data: .text(text.uppercased())))
                if text == "bye" { return .finished }
            }
            return .interrupted
        }
    }
}

let logger = Logger(label: "streams")
let ticker = Ticker()
let server = ProxyServer(
    ProxyService(subscribeUnidirectional: ticker, subscribeBidirectional: Echo()),
    configuration: .init(port: 10_001),
    logger: logger
)
do {
    try await ServiceGroup(
        services: [server, ticker],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger
    ).run()
} catch {
    logger.critical("\(error)")
    exit(1)
}
