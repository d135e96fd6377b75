import HTTP2FrameKit
import InMemoryTracing
import ProxyMessages
import Testing
import Tracing

@testable import CentrifugoProxy

@Suite(.timeLimit(.minutes(1))) struct CallTracingTests {
    private static let forwarded = [
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        InMemoryTracer.traceIDKey: "theirs", InMemoryTracer.spanIDKey: "their-span",
    ]

    /// Starts a span of its own in each call.
    private actor Spans: RPCHandler {
        let tracer: InMemoryTracer

        init(_ tracer: InMemoryTracer) {
            self.tracer = tracer
        }

        func rpc(_ request: RPCRequest, context: CallContext) throws -> RPCResult {
            tracer.startSpan("own", ofKind: .internal).end()
            if request.method == "no" {
                context.refusalReason = .notOwner
                throw CentrifugoError.permissionDenied
            }
            if request.method == "fail" { throw GRPCStatus(.internalError) }
            return RPCResult()
        }
    }

    private static func traced(
        _ tracing: (InMemoryTracer) -> CallTracing,
        _ executor: ProxyServer.Executor = .eventLoop,
        _ body: (RawConnection, InMemoryTracer) async throws -> Void
    ) async throws {
        let tracer = InMemoryTracer()
        var configuration = ProxyServer.Configuration.test(executor)
        configuration.tracing = tracing(tracer)
        let service = ProxyService(
            rpc: Spans(tracer),
            subscribeUnidirectional: Subscriptions(unidirectional: { request in
                guard request.channel != "no" else { throw CentrifugoError.permissionDenied }
                return UnidirectionalSubscription { _ in .interrupted }
            })
        )
        try await TestServer.run(service, configuration: configuration) { server async throws in
            try await body(try await server.connect(), tracer)
        }
    }

    /// The attributes of a span as text.
    private static func attributes(_ span: FinishedInMemorySpan) -> [String: String] {
        var all: [String: String] = [:]
        // Not a sequence, so there is no other way.
        // swift-format-ignore: ReplaceForEachWithForLoop
        span.attributes.forEach { key, value in
            if case .string(let text) = value { all[key] = text }
        }
        return all
    }

    @Test("has a span for each call, whose children are the handler's own", arguments: ProxyServer.Executor.all)
    func spans(executor: ProxyServer.Executor) async throws {
        try await Self.traced({ CallTracing($0) }, executor) { connection, tracer async throws in
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "no")))
            try await connection.roundTrip()
            let spans = tracer.popFinishedSpans()
            let call = try #require(spans.first { $0.kind == .server })
            let own = try #require(spans.first { $0.operationName == "own" })
            #expect(call.operationName == "centrifugal.centrifugo.proxy.CentrifugoProxy/RPC")
            #expect(own.parentSpanID == call.spanID && own.traceID == call.traceID)
            #expect(call.startInstant.nanosecondsSinceEpoch <= own.startInstant.nanosecondsSinceEpoch)
            #expect(call.endInstant.nanosecondsSinceEpoch >= own.endInstant.nanosecondsSinceEpoch)
            #expect(
                Self.attributes(call) == [
                    "rpc.system.name": "grpc", "rpc.method": "centrifugal.centrifugo.proxy.CentrifugoProxy/RPC",
                    "rpc.response.status_code": "OK", "centrifugo.event": "RPC", "centrifugo.method": "no",
                    "centrifugo.verdict": "error", "centrifugo.code": "403", "centrifugo.reason": "not-owner",
                    "centrifugo.next": "reports_error",
                ]
            )
            #expect(call.status == nil)
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(method: "fail")))
            try await connection.roundTrip()
            let failed = try #require(tracer.popFinishedSpans().first { $0.kind == .server })
            #expect(failed.status == SpanStatus(code: .error))
            #expect(Self.attributes(failed)["error.type"] == "INTERNAL")
        }
    }

    @Test("refers to the trace that a client's header has by a link")
    func link() async throws {
        try await Self.traced({ CallTracing($0) }) { connection, tracer async throws in
            let call = connection.start(.rpc, RPCRequest(), changes: Self.forwarded)
            _ = try await connection.answer(to: call)
            try await connection.roundTrip()
            let span = try #require(tracer.popFinishedSpans().first { $0.kind == .server })
            #expect(span.parentSpanID == nil && span.traceID != "theirs")
            #expect(span.links.map { $0.context.inMemorySpanContext?.traceID } == ["theirs"])
        }
    }

    @Test("makes that trace the parent when it is told to")
    func parent() async throws {
        try await Self.traced({ CallTracing($0, sample: 0, forwarded: .parent) }) { connection, tracer async throws in
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(), changes: Self.forwarded))
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest()))
            // Nothing that the tracer understands.
            let junk = connection.start(.rpc, RPCRequest(), changes: ["traceparent": "junk"])
            _ = try await connection.answer(to: junk)
            try await connection.roundTrip()
            let spans = tracer.popFinishedSpans().filter { $0.kind == .server }
            #expect(spans.map(\.traceID) == ["theirs"] && spans.map(\.parentSpanID) == ["their-span"])
            #expect(spans.allSatisfy { $0.links.isEmpty })
        }
    }

    @Test("traces nothing with a sample of zero", arguments: [0, -1, .nan] as [Double])
    func none(sample: Double) async throws {
        try await Self.traced({ CallTracing($0, sample: sample) }) { connection, tracer async throws in
            _ = try await connection.answer(to: connection.start(.rpc, RPCRequest(), changes: Self.forwarded))
            try await connection.roundTrip()
            #expect(tracer.popFinishedSpans().allSatisfy { $0.kind != .server })
        }
    }

    @Test("has one span for a stream's whole life", arguments: ProxyServer.Executor.all)
    func streams(executor: ProxyServer.Executor) async throws {
        try await Self.traced({ CallTracing($0) }, executor) { connection, tracer async throws in
            _ = try await connection.subscribe("room").end()
            _ = try await connection.subscribe("no").end()
            try await connection.roundTrip()
            let spans = tracer.popFinishedSpans().map(Self.attributes)
            #expect(spans.count == 2 && tracer.activeSpans.isEmpty)
            let accepted = try #require(spans.first { $0["centrifugo.channel"] == "room" })
            #expect(accepted["centrifugo.verdict"] == "accepted" && accepted["centrifugo.end"] == "interrupted")
            #expect(accepted["rpc.response.status_code"] == "UNAVAILABLE")
            let refused = try #require(spans.first { $0["centrifugo.channel"] == "no" })
            #expect(refused["centrifugo.verdict"] == "error" && refused["centrifugo.end"] == nil)
            #expect(refused["rpc.response.status_code"] == "OK")
        }
    }
}
