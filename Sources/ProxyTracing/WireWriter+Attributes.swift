import ProtobufWire
import Tracing

extension WireWriter {
    mutating func writeMessage(_ field: UInt32, _ body: (inout WireWriter) -> Void) {
        let start = openMessage(field: field)
        body(&self)
        closeMessage(from: start)
    }

    /// Writes each attribute as a `KeyValue` (opentelemetry-proto, common/v1).
    mutating func write(_ attributes: SpanAttributes, field: UInt32) {
        for (name, value) in attributes.entries { write(attribute: value, named: name, field: field) }
    }

    mutating func write(attribute: SpanAttribute, named name: String, field: UInt32) {
        writeMessage(field) { writer in
            writer.write(name, field: 1)
            writer.writeMessage(2) { $0.write(value: attribute) }
        }
    }

    /// The fields of an `AnyValue`, whose oneof is on the wire with a default value too.
    private mutating func write(value: SpanAttribute) {
        switch value {
        case .string(let text): write(text: text)
        case .stringConvertible(let value): write(text: "\(value)")
        case .bool(let flag): writeAlways(flag ? 1 : 0, field: 2)
        case .int32(let number): writeAlways(UInt64(bitPattern: Int64(number)), field: 3)
        case .int64(let number): writeAlways(UInt64(bitPattern: number), field: 3)
        case .double(let number): writeFixed64(number.bitPattern, field: 4)
        case .stringArray(let values): write(values: values) { .string($0) }
        case .stringConvertibleArray(let values): write(values: values) { .stringConvertible($0) }
        case .boolArray(let values): write(values: values) { .bool($0) }
        case .int32Array(let values): write(values: values) { .int32($0) }
        case .int64Array(let values): write(values: values) { .int64($0) }
        case .doubleArray(let values): write(values: values) { .double($0) }
        default: break
        }
    }

    private mutating func write(text: String) {
        write([text], field: 1)
    }

    private mutating func write<Element>(values: [Element], _ attribute: (Element) -> SpanAttribute) {
        writeMessage(5) { writer in
            for value in values {
                writer.writeMessage(1) { $0.write(value: attribute(value)) }
            }
        }
    }
}
