import Logging
import Testing
import Tracing

@testable import ProxyTracing

@Suite struct OTLPTracerTests {
    private static func tracer(_ change: (inout OTLPTracer.Configuration) -> Void = { _ in }) throws -> OTLPTracer {
        var configuration = OTLPTracer.Configuration(OTLPEndpoint(host: "127.0.0.1", port: 1), serviceName: "test")
        change(&configuration)
        return try OTLPTracer(configuration, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
    }

    private struct Headers: Injector, Extractor {
        func inject(_ value: String, forKey key: String, into headers: inout [String: String]) { headers[key] = value }
        func extract(key: String, from headers: [String: String]) -> String? { headers[key] }
    }

    @Test("makes children of the current span, in one trace")
    func children() throws {
        let tracer = try Self.tracer()
        let root = tracer.startSpan("root", context: .topLevel)
        let child = tracer.startSpan("child", context: root.context)
        let (one, other) = (try #require(root.context.traceContext), try #require(child.context.traceContext))
        #expect(one.traceID == other.traceID)
        #expect(one.spanID != other.spanID)
        var headers: [String: String] = [:]
        tracer.inject(child.context, into: &headers, using: Headers())
        var read = ServiceContext.topLevel
        tracer.extract(headers, into: &read, using: Headers())
        #expect(read.traceContext == other)
    }

    @Test("follows the decision of a trace's root", arguments: [0.0, 1.0])
    func sampling(sample: Double) throws {
        let tracer = try Self.tracer { $0.sample = sample }
        let root = tracer.startSpan("root", context: .topLevel)
        #expect(root.isRecording == (sample == 1))
        #expect(tracer.startSpan("child", context: root.context).isRecording == root.isRecording)
        var context = ServiceContext.topLevel
        context.traceContext = TraceContext(traceID: (1, 2), spanID: 3, isSampled: sample == 0)
        #expect(tracer.startSpan("child", context: context).isRecording == (sample == 0))
    }

    @Test("samples about as many traces as it is told to")
    func ratio() throws {
        let tracer = try Self.tracer { $0.sample = 0.25 }
        let count = (0..<4_000).count { _ in tracer.startSpan("root", context: .topLevel).isRecording }
        // Six standard deviations of a binomial distribution.
        #expect((836...1_164).contains(count))
    }

    @Test("keeps as many spans as there is room for, and counts the others")
    func queue() throws {
        let tracer = try Self.tracer { $0.maxWaiting = 3 }
        for _ in 0..<5 { tracer.startSpan("span", context: .topLevel).end() }
        var counts = OTLPTracer.Counts()
        counts.dropped = 2
        #expect(tracer.counts == counts)
    }

    @Test("bounds what a span keeps, and takes nothing after its end")
    func bounds() throws {
        let queue = SpanQueue(limit: 10, batch: 10)
        let context = TraceContext.root()
        let record = OTLPSpan.Record(name: "span", kind: .server, context: context, parent: nil, start: 5)
        let span = OTLPSpan(record, in: .topLevel, isRecording: true) { queue.add($0) }
        for number in 0..<200 {
            span.attributes["key-\(number)"] = number
            span.addEvent("event")
            span.addLink(SpanLink(context: span.context, attributes: [:]))
        }
        span.end()
        span.addEvent("late")
        span.end()
        let ended = queue.take()
        #expect(ended.count == 1)
        #expect(ended.first?.attributes.count == 128)
        #expect(ended.first?.droppedAttributes == 72)
        #expect(ended.first?.events.count == 128)
        #expect(ended.first?.droppedEvents == 72)
        #expect(ended.first?.droppedLinks == 72)
    }

    @Test("reads what a collector has rejected, and nothing from what is no answer")
    func rejection() {
        #expect(Rejection([]).count == 0)
        #expect(Rejection([0x0A, 0x06, 0x08, 0x03, 0x12, 0x02, 0x6E, 0x6F]).count == 3)
        #expect(Rejection([0x0A, 0x06, 0x08, 0x03, 0x12, 0x02, 0x6E, 0x6F]).message == "no")
        #expect(Rejection([0x0A, 0xFF]).count == 0)
        #expect(Rejection([0xFF, 0xFF, 0xFF]).count == 0)
    }

    @Test("splits what is more than a collector takes at a time")
    func split() {
        var record = OTLPSpan.Record(name: "span", kind: .server, context: .root(), parent: nil, start: 5)
        for number in 0..<128 { record.attributes["key-\(number)"] = String(repeating: "x", count: 5_000) }
        let message = ExportMessage(serviceName: "test", resource: [:])
        let requests = message.requests(for: Array(repeating: record, count: 40))
        #expect(requests.map(\.count).reduce(0, +) == 40)
        #expect(requests.count > 1)
        #expect(requests.allSatisfy { $0.bytes.count < ExportMessage.mostBytes + 1_000 })
        #expect(message.requests(for: []).isEmpty)
    }
}
