import CentrifugoProxy
import CentrifugoProxyTesting
import GRPCCall
import Logging
import ProtobufWire
import Testing

/// The largest message that is sent unless a server is told otherwise: what Centrifugo takes.
@Suite(.timeLimit(.minutes(1))) struct LargestAnswerTests {
    private static let largest = 4 << 20

    /// Answers with as many digits as the method's or the channel's name says.
    private actor Digits: RPCHandler, SubscribeUnidirectionalHandler, SubscribeBidirectionalHandler {
        let steps = Events<Step>()

        static func payload(_ count: Int) -> Payload { .bytes(Array(repeating: 0x31, count: count)) }

        func rpc(_ request: RPCRequest, context: CallContext) async throws -> RPCResult {
            RPCResult(data: Self.payload(Int(request.method) ?? 0))
        }

        func subscribeUnidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> UnidirectionalSubscription {
            let result = SubscribeResult(data: Self.payload(Int(request.channel) ?? 0))
            return UnidirectionalSubscription(result: result) { _ in .finished }
        }

        func subscribeBidirectional(
            _ request: SubscribeRequest,
            context: CallContext
        ) async throws -> BidirectionalSubscription {
            let count = Int(request.channel) ?? 0
            return BidirectionalSubscription { [steps] _, writer in
                do {
                    try await writer.write(Publication(data: Self.payload(count)))
                } catch is PayloadError {
                    steps.tell(.threw("\(count)"))
                }
                return .finished
            }
        }
    }

    /// The digits that a message of 4 MiB has.
    private static func digits(of message: (Payload) -> any WireMessage) -> Int {
        2 * largest - message(Digits.payload(largest)).wireBytes().count
    }

    /// Hostile input: answer-too-large.
    @Test("is Centrifugo's largest, to the byte", arguments: [0, 1])
    func largest(above: Int) async throws {
        let log = LogRecorder()
        let handler = Digits()
        let client = TestClient(rpc: handler, subscribeUnidirectional: handler, subscribeBidirectional: handler)
            .with { $0.logger = log.logger }
        func outcome(
            _ call: (String) async throws -> Void,
            _ message: (Payload) -> any WireMessage
        ) async -> GRPCStatus? {
            do {
                try await call("\(Self.digits(of: message) + above)")
                return nil
            } catch {
                return error as? GRPCStatus
            }
        }
        let tooLarge = above == 0 ? nil : GRPCStatus(.resourceExhausted, "the answer is too large")
        let unary = await outcome {
            _ = try await client.rpc($0)
        } _: {
            RPCResponse(result: RPCResult(data: $0))
        }
        #expect(unary == tooLarge)
        let first = await outcome {
            _ = try await client.subscribeUnidirectional(to: $0).end()
        } _: {
            StreamSubscribeResponse(subscribeResponse: SubscribeResponse(result: SubscribeResult(data: $0)))
        }
        #expect(first == tooLarge)
        #expect(
            log.lines(from: .error).map { $0.metadata["event"] }
                == (above == 0 ? [] : ["RPC", "SubscribeUnidirectional"])
        )
        let count = Self.digits { StreamSubscribeResponse(publication: Publication(data: $0)) } + above
        let stream = try await client.subscribeBidirectional(to: "\(count)")
        #expect(await stream.next()?.data.bytes.count == (above == 0 ? count : nil))
        if above == 1 { #expect(await handler.steps.next() == .threw("\(count)")) }
        #expect(await stream.end() == .ok)
    }
}
