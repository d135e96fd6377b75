import CentrifugoProxy
import Foundation
import Logging
import ServiceLifecycle
import UnixSignals

/// Sends the count of seconds to all subscribers of `ticker:seconds`, beginning with the last ten.
actor Ticker: SubscribeUnidirectionalHandler, Service {
    private let hub = ChannelHub(name: "ticker")
    private var backlog = Backlog([], upTo: 0)

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        guard request.channel == "ticker:seconds" else { throw .permissionDenied }
        return UnidirectionalSubscription(from: hub, channel: request.channel) { await self.backlog }
    }

    func run() async throws {
        try? await cancelWhenGracefulShutdown {
            while true {
                try await Task.sleep(for: .seconds(1))
                try await self.tick()
            }
        }
    }

    /// Stores a publication, and then publishes it.
    private func tick() throws {
        let second = backlog.position + 1
        let publication = Publication(data: try .json(["seconds": second]))
        backlog = Backlog(backlog.publications.suffix(9) + [publication], upTo: second)
        try hub.publish(publication, to: "ticker:seconds", position: second)
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
do {
    let server = ProxyServer(
        try ProxyService(handlers: [ticker, Echo()]),
        configuration: .init(port: 10_001),
        logger: logger
    )
    try await ServiceGroup(
        services: [server, ticker],
        gracefulShutdownSignals: [.sigterm, .sigint],
        logger: logger
    ).run()
} catch {
    logger.critical("\(error)")
    exit(1)
}
