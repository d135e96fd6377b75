import ProtobufWire
import Tracing

/// Writes `ExportTraceServiceRequest` (opentelemetry-proto, collector/trace/v1).
struct ExportMessage: Sendable {
    /// The most bytes of spans in a request of several: collectors on gRPC take 4 MiB by default.
    static let mostBytes = 2 << 20
    private let resource: [(String, String)]

    init(serviceName: String, resource: [String: String]) {
        var resource = resource
        resource["service.name"] = serviceName
        resource["telemetry.sdk.name"] = "centrifugo-proxy"
        resource["telemetry.sdk.language"] = "swift"
        self.resource = resource.sorted { $0.key < $1.key }
    }

    /// Requests for all spans, and how many spans each has.
    func requests(for spans: [OTLPSpan.Record]) -> [(bytes: [UInt8], count: Int)] {
        var requests: [(bytes: [UInt8], count: Int)] = []
        var part: [[UInt8]] = []
        var length = 0
        for span in spans {
            let bytes = WireWriter.bytes { span.write(to: &$0) }
            if !part.isEmpty, length + bytes.count > Self.mostBytes {
                requests.append((request(with: part), part.count))
                (part, length) = ([], 0)
            }
            part.append(bytes)
            length += bytes.count
        }
        if !part.isEmpty { requests.append((request(with: part), part.count)) }
        return requests
    }

    private func request(with spans: [[UInt8]]) -> [UInt8] {
        WireWriter.bytes { writer in
            writer.writeMessage(1) { writer in
                writer.writeMessage(1) { writer in
                    for (name, value) in resource { writer.write(attribute: .string(value), named: name, field: 1) }
                }
                writer.writeMessage(2) { writer in
                    writer.writeMessage(1) { $0.write("centrifugo-proxy", field: 1) }
                    writer.write(spans, field: 2)
                }
            }
        }
    }
}

/// What a collector has rejected: `ExportTraceServiceResponse.partial_success`.
struct Rejection {
    private(set) var count = 0
    private(set) var message = ""

    /// Reads an answer; one that is not valid rejects nothing, since the call has succeeded.
    init(_ answer: [UInt8]) {
        var read: (count: Int64, message: String) = (0, "")
        try? answer.withUnsafeBytes { bytes throws(WireError) in
            var reader = WireReader(bytes)
            while let field = try reader.nextField() {
                guard field == 1 else {
                    try reader.skip()
                    continue
                }
                let end = try reader.openMessage()
                while let field = try reader.nextField() {
                    switch field {
                    case 1: try reader.read(&read.count, "rejected_spans")
                    case 2: try reader.read(&read.message, "error_message")
                    default: try reader.skip()
                    }
                }
                reader.closeMessage(end)
            }
        }
        count = Int(clamping: max(read.count, 0))
        message = read.message
    }
}

extension OTLPSpan.Record {
    /// `Span` (opentelemetry-proto, trace/v1).
    fileprivate func write(to writer: inout WireWriter) {
        writer.write(context.traceIDBytes, field: 1)
        writer.write(context.spanIDBytes, field: 2)
        writer.write(context.state, field: 3)
        if let parent { writer.write(TraceContext.bytes(parent), field: 4) }
        writer.write(name.shortened(to: Self.mostText), field: 5)
        writer.write(UInt64(kind.number), field: 6)
        writer.writeFixed64(start, field: 7)
        writer.writeFixed64(end, field: 8)
        writer.write(attributes, field: 9)
        writer.write(UInt64(droppedAttributes), field: 10)
        for event in events {
            writer.writeMessage(11) { writer in
                writer.writeFixed64(event.nanosecondsSinceEpoch, field: 1)
                writer.write(event.name.shortened(to: Self.mostText), field: 2)
                writer.write(event.attributes, field: 3)
            }
        }
        writer.write(UInt64(droppedEvents), field: 12)
        for link in links {
            writer.writeMessage(13) { writer in
                writer.write(link.context.traceIDBytes, field: 1)
                writer.write(link.context.spanIDBytes, field: 2)
                writer.write(link.context.state, field: 3)
                writer.write(link.attributes, field: 4)
                writer.writeFixed32(link.context.isSampled ? 1 : 0, field: 6)
            }
        }
        writer.write(UInt64(droppedLinks), field: 14)
        if let status {
            writer.writeMessage(15) { writer in
                writer.write(status.message?.shortened(to: Self.mostText) ?? "", field: 2)
                writer.write(status.code == .error ? 2 as UInt64 : 1, field: 3)
            }
        }
        writer.writeFixed32(context.isSampled ? 1 : 0, field: 16)
    }
}

extension SpanKind {
    fileprivate var number: Int {
        switch self {
        case .internal: 1
        case .server: 2
        case .client: 3
        case .producer: 4
        case .consumer: 5
        }
    }
}

extension String {
    /// The text, cut between two characters of Unicode.
    func shortened(to limit: Int) -> String {
        guard utf8.count > limit else { return self }
        var end = utf8.index(utf8.startIndex, offsetBy: limit)
        while utf8[end] & 0xC0 == 0x80 { utf8.formIndex(before: &end) }
        return String(decoding: utf8[..<end], as: UTF8.self)
    }
}
