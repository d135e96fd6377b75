import HTTP2FrameKit
import ProxyMessages
import Testing

@testable import CentrifugoProxy

/// What a real Centrifugo sent, over a socket to a server with handlers of all events: see Tests/CentrifugoWire.
@Suite(.timeLimit(.minutes(2))) struct CentrifugoWireServerTests {
    /// Two recordings whose calls have 400 ms are omitted: the result must not depend on the machine's speed.
    static func recordings() throws -> [WireRecording] {
        try WireRecording.all().filter { !["04-rpc.bin", "21-rpc-gzip.bin"].contains($0.file) }
    }

    @Test(
        "hands each recorded call to its handler, answers it, and tells the handler when it is cancelled",
        arguments: try recordings()
    )
    func calls(recording: WireRecording) async throws {
        let bytes = try recording.sent()
        let expected = try Expected(bytes)
        let handlers = WireHandlers(
            holding: Set(expected.cancelled.values),
            publications: expected.publications.mapValues(\.count)
        )
        try await TestServer.run(Self.service(handlers), configuration: .test()) { server in
            let connection = try await server.connectSilently()
            try await Replay(connection, handlers, expected).send(bytes)
            try await connection.roundTrip()
            for frame in connection.history {
                switch frame {
                case .goAway: Issue.record("\(frame)")
                case .resetStream(let id, let code): #expect(code == .noError, "stream \(id)")
                default: break
                }
            }
            #expect(handlers.seen.requests == expected.requests)
            #expect(handlers.seen.publications == expected.publications)
            #expect(handlers.seen.odd == [])
            #expect(server.log.lines().isEmpty)
        }
    }

    private static func service(_ handlers: WireHandlers) -> ProxyService {
        ProxyService(
            connect: handlers,
            refresh: handlers,
            subscribe: handlers,
            subRefresh: handlers,
            publish: handlers,
            rpc: handlers,
            mapPublish: handlers,
            mapRemove: handlers,
            sharedPollRefresh: handlers,
            notifyCacheEmpty: handlers,
            notifyChannelState: handlers,
            subscribeUnidirectional: handlers,
            subscribeBidirectional: handlers
        )
    }
}

/// What handlers must receive from a recording.
private struct Expected {
    let reading: WireReading
    /// The requests, with their number.
    private(set) var requests: [WireRequest: Int] = [:]
    /// What clients publish into bidirectional streams.
    private(set) var publications: [WireRequest: [[UInt8]]] = [:]
    /// Which of the requests Centrifugo cancels, by stream.
    private(set) var cancelled: [UInt32: WireRequest] = [:]

    init(_ bytes: [UInt8]) throws {
        reading = try WireReading(bytes)
        for call in reading.ordered {
            guard let request = try call.request() else { continue }
            requests[request, default: 0] += 1
            if call.isCancelled { cancelled[call.id] = request }
            let later = try call.messages().dropFirst()
            guard !later.isEmpty else { continue }
            publications[request] = try later.map {
                try #require(try StreamSubscribeRequest(wireBytes: $0).publication).wireBytes()
            }
        }
        // Otherwise the handlers could not tell them from others.
        for request in cancelled.values { try #require(requests[request] == 1) }
    }
}

/// Sends a recording in pieces, each one when the calls before it are answered or held, since Centrifugo also waited
/// for its answers.
private final class Replay {
    private let connection: RawConnection
    private let handlers: WireHandlers
    private let expected: Expected
    private var unsettled: [WireCall]
    private var steps: Set<WireHandlers.Step> = []

    init(_ connection: RawConnection, _ handlers: WireHandlers, _ expected: Expected) {
        self.connection = connection
        self.handlers = handlers
        self.expected = expected
        unsettled = expected.reading.ordered.filter { !$0.isUnfinished }
    }

    func send(_ bytes: [UInt8]) async throws {
        var start = 0
        for end in cuts(of: bytes) {
            connection.send(bytes: Array(bytes[start..<end]))
            start = end
            try await settle(upTo: end)
        }
        for request in expected.cancelled.values { try await reached(.cancelled(request)) }
        #expect(unsettled.isEmpty)
    }

    /// A cancellation follows once the cancelled call was seen; other pieces follow each other every 8 KiB.
    private func cuts(of bytes: [UInt8]) -> [Int] {
        let resets = Set(expected.reading.calls.values.compactMap { $0.reset?.range.lowerBound })
        var cuts: [Int] = []
        for end in expected.reading.frameEnds
        where resets.contains(end) || end - (cuts.last ?? 0) > 8_192 || end == bytes.count {
            cuts.append(end)
        }
        return cuts
    }

    /// Waits for the answers to all calls that are complete, and for the handlers of those that will be cancelled.
    private func settle(upTo place: Int) async throws {
        let complete = unsettled.filter { ($0.messageEnds.last?.place ?? .max) <= place }
        unsettled.removeAll { ($0.messageEnds.last?.place ?? .max) <= place }
        for call in complete {
            if let request = expected.cancelled[call.id] {
                try await reached(.held(request))
            } else {
                let answer = try await connection.answer(to: call.id)
                #expect(answer.grpcStatus == "0" && answer.reset == nil && !answer.body.isEmpty, "stream \(call.id)")
            }
        }
    }

    private func reached(_ step: WireHandlers.Step) async throws {
        while !steps.contains(step) { steps.insert(try #require(await handlers.steps.next())) }
    }
}
