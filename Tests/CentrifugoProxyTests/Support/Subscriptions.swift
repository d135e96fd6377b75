import CentrifugoProxy
import HTTP2FrameKit

/// Subscription handlers that follow a test's instructions.
actor Subscriptions: SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler {
    typealias Unidirectional = @Sendable (SubscribeRequest) async throws -> UnidirectionalSubscription
    typealias Bidirectional = @Sendable (SubscribeRequest) async throws -> BidirectionalSubscription

    private let unidirectional: Unidirectional
    private let bidirectional: Bidirectional

    init(
        unidirectional: @escaping Unidirectional = { _ in throw CentrifugoError.notFound },
        bidirectional: @escaping Bidirectional = { _ in throw CentrifugoError.notFound }
    ) {
        self.unidirectional = unidirectional
        self.bidirectional = bidirectional
    }

    /// Streams that end as their channels say: `held` never does, `finished` and all others at once, and `no` is refused.
    static func ending() -> Subscriptions {
        Subscriptions(unidirectional: { request in
            guard request.channel != "no" else { throw CentrifugoError.permissionDenied }
            return UnidirectionalSubscription { _ in
                if request.channel == "held" { await Gate().pass() }
                return request.channel == "finished" ? .finished : .interrupted
            }
        })
    }

    func subscribeUnidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> UnidirectionalSubscription {
        try await unidirectional(request)
    }

    func subscribeBidirectional(
        _ request: SubscribeRequest,
        context: CallContext
    ) async throws -> BidirectionalSubscription {
        try await bidirectional(request)
    }
}

/// Tells a test about a handler's task.
enum Step: Equatable, Sendable {
    case began(String = "")
    case cancelled(String = "")
    case ended(String = "")
    case wrote(Int)
    case read(String?)
    case threw(String)
}

extension Events<Step> {
    /// Runs until the task is cancelled, and reports that.
    func untilCancelled(_ name: String = "") async -> SubscriptionEnd {
        tell(.began(name))
        defer { tell(.ended(name)) }
        await Gate().pass()
        if Task.isCancelled { tell(.cancelled(name)) }
        // The test no longer waits for it.
        return .finished
    }
}

extension TestServer {
    /// Serves one kind of subscription, and unary calls as well, to one connection.
    static func run(
        unidirectional: @escaping Subscriptions.Unidirectional,
        configuration: ProxyServer.Configuration = .test(),
        _ body: (TestServer, RawConnection) async throws -> Void
    ) async throws {
        let service = ProxyService(
            rpc: Commands(),
            subscribeUnidirectional: Subscriptions(unidirectional: unidirectional)
        )
        try await run(service, configuration: configuration) { try await body($0, $0.connect()) }
    }

    /// Serves one kind of subscription, and unary calls as well, to one connection.
    static func run(
        bidirectional: @escaping Subscriptions.Bidirectional,
        configuration: ProxyServer.Configuration = .test(),
        _ body: (TestServer, RawConnection) async throws -> Void
    ) async throws {
        let service = ProxyService(
            rpc: Commands(),
            subscribeBidirectional: Subscriptions(bidirectional: bidirectional)
        )
        try await run(service, configuration: configuration) { try await body($0, $0.connect()) }
    }

    /// A connection whose streams begin with a small window; its own never stops the server.
    func connect(window: UInt32) async throws -> RawConnection {
        let connection = try await connectSilently()
        connection.send(bytes: Frame.preface)
        connection.send(.settings(Setting(.initialWindowSize, window)), .windowUpdate(0, 0x7FFF_FFFF - 65_535))
        _ = try await connection.expect { if case .settings = $0 { true } else { false } }
        connection.send(.settingsAck)
        return connection
    }
}
