import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import HTTP2FrameKit
import Testing

/// A handler, and what its peer receives.
struct ParityRow<Handler: Sendable>: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let handler: Handler
    /// What the peer sees, message by message.
    let seen: [String]

    init(_ description: String, _ seen: [String], _ handler: Handler) {
        testDescription = description
        self.handler = handler
        self.seen = seen
    }
}

/// The two ways to call a subscription's handler, in memory and by a peer: both receive the same.
@Suite(.serialized, .timeLimit(.minutes(1))) struct SubscriptionParityTests {
    private struct Secret: Error {}

    static let unidirectional: [ParityRow<Subscriptions.Unidirectional>] = [
        ParityRow("publications and the end", [#"result "hi""#, "news 1", "news 2", "end 0"]) { _ in
            UnidirectionalSubscription(result: SubscribeResult(data: .text("hi"))) { writer in
                for number in 1...2 { try await writer.write(Publication(data: try .json(number))) }
                return .finished
            }
        },
        ParityRow("an interruption", ["result ", "end 14"]) { _ in UnidirectionalSubscription { _ in .interrupted } },
        ParityRow("an error behind a publication", ["result ", "news 1", "end 14"]) { _ in
            UnidirectionalSubscription { writer in
                try await writer.write(Publication(data: try .json(1)))
                throw Secret()
            }
        },
        ParityRow("a publication that is no JSON", ["result ", "end 14"]) { _ in
            UnidirectionalSubscription { writer in
                try await writer.write(Publication(data: .bytes([0xFF])))
                return .finished
            }
        },
        ParityRow("a refusal", ["error \(CentrifugoError.permissionDenied.code)", "end 0"]) { _ in
            throw CentrifugoError.permissionDenied
        },
        ParityRow("a disconnect", ["disconnect 4501", "end 0"]) { _ in throw try Disconnect(code: 4501, reason: "no") },
        ParityRow("a status", ["end 9"]) { _ in throw GRPCStatus(.failedPrecondition, "not now") },
        ParityRow("an error of the application", ["end 2"]) { _ in throw Secret() },
    ]

    static let bidirectional: [ParityRow<Subscriptions.Bidirectional>] = [
        ParityRow("an echo", ["result ", "news 1", "news 2", "end 0"]) { _ in
            BidirectionalSubscription { publications, writer in
                for await publication in publications {
                    try await writer.write(publication)
                    if publication.data == "2" { break }
                }
                return .finished
            }
        },
        ParityRow("an echo until the peer ends its side", ["result ", "news 1", "news 2", "news 3", "end 14"]) { _ in
            BidirectionalSubscription { publications, writer in
                for await publication in publications { try await writer.write(publication) }
                try await writer.write(Publication(data: try .json(3)))
                return .interrupted
            }
        },
        ParityRow("an interruption behind the first", ["result ", "end 14"]) { _ in
            BidirectionalSubscription { publications, _ in
                for await _ in publications { return .interrupted }
                return .finished
            }
        },
        ParityRow("a refusal", ["error \(CentrifugoError.rateLimited.code)", "end 0"]) { _ in
            throw CentrifugoError.rateLimited
        },
    ]

    @Test("one way", arguments: unidirectional)
    func oneWay(row: ParityRow<Subscriptions.Unidirectional>) async throws {
        let client = TestClient(subscribeUnidirectional: Subscriptions(unidirectional: row.handler))
        #expect(try await Self.inMemory { try await client.subscribeUnidirectional(to: "room") } == row.seen)
        try await TestServer.run(unidirectional: row.handler) { _, connection async throws in
            #expect(try await Self.served(connection.subscribe("room")) == row.seen)
        }
    }

    @Test("both ways", arguments: bidirectional)
    func bothWays(row: ParityRow<Subscriptions.Bidirectional>) async throws {
        let client = TestClient(subscribeBidirectional: Subscriptions(bidirectional: row.handler))
        let seen = try await Self.inMemory {
            let stream = try await client.subscribeBidirectional(to: "room")
            for text in ["1", "2"] { stream.publish(Publication(data: .text(text))) }
            stream.halfClose()
            // It is too late.
            stream.publish("4")
            return stream
        }
        #expect(seen == row.seen)
        try await TestServer.run(bidirectional: row.handler) { _, connection async throws in
            let stream = connection.subscribeBoth("room")
            for text in ["1", "2"] { stream.publish(text) }
            stream.halfClose()
            #expect(try await Self.served(stream) == row.seen)
        }
    }

    private static func inMemory(_ open: () async throws -> TestSubscription) async throws -> [String] {
        do {
            let stream = try await open()
            var seen = [text(of: stream.response)]
            for await publication in stream { seen.append("news \(publication.data.text ?? "")") }
            return seen + ["end \(try #require(await stream.end()).code.rawValue)"]
        } catch let status as GRPCStatus {
            return ["end \(status.code.rawValue)"]
        }
    }

    private static func served(_ stream: PeerStream) async throws -> [String] {
        var seen: [String] = []
        while let message = try await stream.next() {
            if let response = message.subscribeResponse { seen.append(text(of: response)) }
            if let publication = message.publication { seen.append("news \(publication.data.text ?? "")") }
        }
        return seen + ["end \(stream.status ?? "")"]
    }

    private static func text(of response: SubscribeResponse) -> String {
        if let error = response.error { return "error \(error.code)" }
        if let disconnect = response.disconnect { return "disconnect \(disconnect.code)" }
        return "result \(response.result?.data.text ?? "")"
    }
}
