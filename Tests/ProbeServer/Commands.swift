import CentrifugoProxy
import Foundation

/// Methods with which tests observe a call from the server's side and control other calls.
actor Commands: RPCHandler {
    /// What a handler knows about its call, apart from the request.
    private struct ContextEcho: Encodable {
        let peerAddress: String
        let event: String
        let remainingMilliseconds: Double?
        let argument: String
    }

    /// An event must have happened this often to calls of that name.
    private struct Wait: Decodable {
        let milestone: String
        let name: String
        let count: Int
    }

    /// Publish this many publications of that size to a hub's channel.
    private struct Burst: Decodable {
        let channel: String
        let count: Int
        let size: Int
    }

    /// Set a service's status.
    private struct HealthChange: Decodable {
        let service: String
        let status: String
    }

    private let holds: Holds
    private let notices: Notices
    private let hub: ChannelHub
    private let health: ServerHealth

    init(holds: Holds, notices: Notices, hub: ChannelHub, health: ServerHealth) {
        self.holds = holds
        self.notices = notices
        self.hub = hub
        self.health = health
    }

    func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
        try refuse(ifTold: request.method)
        return RPCResult(data: try await answer(request, context))
    }

    private func answer(_ request: RPCRequest, _ context: CallContext) async throws -> Payload {
        switch request.method {
        case "request": try .json(RequestEcho(request))
        case "echo": .bytes(try request.payload.bytes)
        case "not-json": .bytes(Array("{".utf8))
        case "oversized": .text(String(repeating: "x", count: 5 << 20))
        case "channel-events": try .json(await notices.seen)
        case "metadata", "binary-metadata", "context": try describe(request, context)
        case "hold", "hold-on", "wait-held", "wait-cancelled", "release": try await steer(request)
        case "wait-many", "count": try await count(request)
        case "publish", "subscribers": try await relay(request)
        case "set-health": try setHealth(request)
        default: throw CentrifugoError.notFound
        }
    }

    /// Answers with the call's metadata and context.
    private func describe(_ request: RPCRequest, _ context: CallContext) throws -> Payload {
        switch request.method {
        case "metadata":
            let names = try request.payload.decode([String].self)
            return try .json(Dictionary(uniqueKeysWithValues: names.map { ($0, context.metadata[$0]) }))
        case "binary-metadata":
            let name = try request.payload.decode(String.self)
            return try .json(context.metadata.binary(name).map { Data($0).base64EncodedString() })
        default:
            return try .json(
                ContextEcho(
                    peerAddress: context.peerAddress,
                    event: context.event.methodName,
                    remainingMilliseconds: context.remainingTime.map { $0 / .milliseconds(1) },
                    argument: try request.payload.decode(String.self)
                )
            )
        }
    }

    /// Holds a call, or acts on one that is held; the argument names it and is the answer.
    private func steer(_ request: RPCRequest) async throws -> Payload {
        let name = try request.payload.decode(String.self)
        switch request.method {
        case "hold": try await holds.hold(name)
        case "hold-on": await holds.holdOn(name)
        case "wait-held": await holds.wait(for: .held(name))
        case "wait-cancelled": await holds.wait(for: .cancelled(name))
        default: await holds.release(name)
        }
        return try .json(name)
    }

    /// Waits until something has happened this often, or returns its number now; the answer is that number.
    private func count(_ request: RPCRequest) async throws -> Payload {
        let wait = try request.payload.decode(Wait.self)
        guard let milestone = Holds.Milestone(wait.milestone, of: wait.name) else { throw CentrifugoError.badRequest }
        if request.method == "wait-many" { await holds.wait(for: milestone, count: wait.count) }
        return try .json(await holds.count(of: milestone))
    }

    /// Sets a service's health.
    private func setHealth(_ request: RPCRequest) throws -> Payload {
        let change = try request.payload.decode(HealthChange.self)
        let statuses: [String: ServerHealth.Status] = [
            "unknown": .unknown, "serving": .serving, "not-serving": .notServing,
        ]
        guard let status = statuses[change.status] else { throw CentrifugoError.badRequest }
        health.set(status, for: change.service)
        return try .json(change.status)
    }

    /// Publishes to the hub, or counts its streams.
    private func relay(_ request: RPCRequest) async throws -> Payload {
        guard request.method == "publish" else {
            return try .json(await hub.subscriberCount(of: try request.payload.decode(String.self)))
        }
        let burst = try request.payload.decode(Burst.self)
        for number in 0..<burst.count {
            try hub.publish(Publication(data: Samples.numbered(number, size: burst.size)), to: burst.channel)
        }
        return try .json(burst.count)
    }
}
