import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import Testing

/// A handler, and what its peer sees of it.
struct OutcomeRow<Handler: Sendable>: CustomTestStringConvertible, Sendable {
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

/// What a peer sees of what a subscription's handler does.
@Suite(.timeLimit(.minutes(1))) struct SubscriptionOutcomeTests {
    private struct Secret: Error {}

    static let unidirectional: [OutcomeRow<Subscriptions.Unidirectional>] = [
        OutcomeRow("publications and the end", [#"result "hi""#, "news 1", "news 2", "end 0"]) { _ in
            UnidirectionalSubscription(result: SubscribeResult(data: .text("hi"))) { writer in
                for number in 1...2 { try await writer.write(Publication(data: try .json(number))) }
                return .finished
            }
        },
        OutcomeRow("an interruption", ["result ", "end 14"]) { _ in UnidirectionalSubscription { _ in .interrupted } },
        OutcomeRow("an error after a publication", ["result ", "news 1", "end 14"]) { _ in
            UnidirectionalSubscription { writer in
                try await writer.write(Publication(data: try .json(1)))
                throw Secret()
            }
        },
        OutcomeRow("a publication that is not JSON", ["result ", "end 14"]) { _ in
            UnidirectionalSubscription { writer in
                try await writer.write(Publication(data: .bytes([0xFF])))
                return .finished
            }
        },
        OutcomeRow("a refusal", ["error \(CentrifugoError.permissionDenied.code)", "end 0"]) { _ in
            throw CentrifugoError.permissionDenied
        },
        OutcomeRow("a disconnect", ["disconnect 4501", "end 0"]) { _ in
            throw try Disconnect(code: 4501, reason: "no")
        },
        OutcomeRow("a status", ["end 9"]) { _ in throw GRPCStatus(.failedPrecondition, "not now") },
        OutcomeRow("an error of the application", ["end 2"]) { _ in throw Secret() },
    ]

    static let bidirectional: [OutcomeRow<Subscriptions.Bidirectional>] = [
        OutcomeRow("an echo", ["result ", "news 1", "news 2", "end 0"]) { _ in
            BidirectionalSubscription { publications, writer in
                for await publication in publications {
                    try await writer.write(publication)
                    if publication.data == "2" { break }
                }
                return .finished
            }
        },
        OutcomeRow("an echo until the peer ends its side", ["result ", "news 1", "news 2", "news 3", "end 14"]) { _ in
            BidirectionalSubscription { publications, writer in
                for await publication in publications { try await writer.write(publication) }
                try await writer.write(Publication(data: try .json(3)))
                return .interrupted
            }
        },
        OutcomeRow("an interruption after the first", ["result ", "end 14"]) { _ in
            BidirectionalSubscription { publications, _ in
                for await _ in publications { return .interrupted }
                return .finished
            }
        },
        OutcomeRow("a refusal", ["error \(CentrifugoError.rateLimited.code)", "end 0"]) { _ in
            throw CentrifugoError.rateLimited
        },
    ]

    @Test("one way", arguments: unidirectional)
    func oneWay(row: OutcomeRow<Subscriptions.Unidirectional>) async throws {
        let client = TestClient(subscribeUnidirectional: Subscriptions(unidirectional: row.handler))
        #expect(try await Self.seen { try await client.subscribeUnidirectional(to: "room") } == row.seen)
    }

    @Test("both ways", arguments: bidirectional)
    func bothWays(row: OutcomeRow<Subscriptions.Bidirectional>) async throws {
        let client = TestClient(subscribeBidirectional: Subscriptions(bidirectional: row.handler))
        let seen = try await Self.seen {
            let stream = try await client.subscribeBidirectional(to: "room")
            for text in ["1", "2"] { stream.publish(Publication(data: .text(text))) }
            stream.halfClose()
            // It is too late.
            stream.publish("4")
            return stream
        }
        #expect(seen == row.seen)
    }

    private static func seen(_ open: () async throws -> TestSubscription) async throws -> [String] {
        do {
            let stream = try await open()
            var seen = [text(of: stream.response)]
            for await publication in stream { seen.append("news \(publication.data.text ?? "")") }
            return seen + ["end \(try #require(await stream.end()).code.rawValue)"]
        } catch let status as GRPCStatus {
            return ["end \(status.code.rawValue)"]
        }
    }

    private static func text(of response: SubscribeResponse) -> String {
        if let error = response.error { return "error \(error.code)" }
        if let disconnect = response.disconnect { return "disconnect \(disconnect.code)" }
        return "result \(response.result?.data.text ?? "")"
    }
}
