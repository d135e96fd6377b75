import ProxyMessages
import Synchronization
import Testing

@testable import CentrifugoProxy

@Suite struct InterceptorChainTests {
    /// Counts the calls that go through it.
    private final class Counter: Interceptor {
        let count = Atomic(0)

        func intercept<Request: EventRequest, Answer: EventAnswer>(
            _ request: Request,
            context: CallContext,
            next: NextHandler<Request, Answer>
        ) async throws -> Answer {
            count.add(1, ordering: .relaxed)
            return try await next(request, context)
        }
    }

    private static func call(_ interceptors: [any Interceptor], _ event: ProxyEvent = .rpc) async throws -> RPCResult {
        let chain: NextHandler<RPCRequest, RPCResult> = interceptors.chain(event) { request, _ in
            RPCResult(data: .text(request.method))
        }
        return try await chain(RPCRequest(method: "m"), CallContext(event: event))
    }

    @Test("goes to the handler when there are no interceptors")
    func none() async throws {
        #expect(try await Self.call([]).data == "m")
    }

    @Test("leaves out interceptors of other events")
    func events() async throws {
        let all = Counter()
        let some = Counter()
        let others = Counter()
        let interceptors: [any Interceptor] = [
            all, some.only(on: .rpc, .publish), others.only(on: .connect),
            .publish { _, _, _ in throw CentrifugoError.notFound },
        ]
        #expect(try await Self.call(interceptors).data == "m")
        #expect(all.count.load(ordering: .relaxed) == 1)
        #expect(some.count.load(ordering: .relaxed) == 1)
        #expect(others.count.load(ordering: .relaxed) == 0)
    }

    @Test("cannot be added to events that it is not made for")
    func widened() async throws {
        let limited = EventInterceptor<RPCRequest, RPCResult>.rpc { _, _, _ in RPCResult(data: "short") }
        #expect(limited.only(on: .publish).events.isEmpty)
        #expect(limited.only(on: .publish, .rpc).events == [.rpc])
        #expect(try await Self.call([limited.only(on: .rpc)]).data == "short")
        #expect(try await Self.call([limited]).data == "short")
    }

    @Test("reads the parts of all events' requests")
    func parts() {
        let parts: [(any EventRequest, user: String?, client: String?, target: String?)] = [
            (ConnectRequest(client: "c"), nil, "c", nil),
            (RefreshRequest(client: "c", user: "u"), "u", "c", nil),
            (SubscribeRequest(client: "c", user: "u", channel: "t"), "u", "c", "t"),
            (SubRefreshRequest(client: "c", user: "u", channel: "t"), "u", "c", "t"),
            (PublishRequest(client: "c", user: "u", channel: "t"), "u", "c", "t"),
            (RPCRequest(client: "c", user: "u", method: "t"), "u", "c", "t"),
            (MapPublishRequest(client: "c", user: "u", channel: "t"), "u", "c", "t"),
            (MapRemoveRequest(client: "c", user: "u", channel: "t"), "u", "c", "t"),
            (SharedPollRefreshRequest(channel: "t"), nil, nil, "t"),
            (NotifyCacheEmptyRequest(channel: "t"), nil, nil, "t"),
            (NotifyChannelStateRequest(), nil, nil, nil),
        ]
        for (request, user, client, target) in parts {
            #expect(request.userID == user && request.clientID == client && request.target == target, "\(request)")
        }
    }

    @Test("recognizes answers that end a connection or a subscription")
    func expiry() {
        #expect(RefreshResult.expired.isExpiry && SubRefreshResult.expired.isExpiry)
        #expect(!RefreshResult.prolonged(until: 1).isExpiry && !SubRefreshResult.prolonged(until: 1).isExpiry)
        #expect(!ConnectResult().isExpiry)
    }
}
