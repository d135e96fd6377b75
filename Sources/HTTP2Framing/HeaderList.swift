internal import CNghttp2

/// A received header list, as it lies in the session's memory.
///
/// Valid only while the event it came with is being handled.
package struct HeaderList: Sequence {
    private let fields: UnsafeBufferPointer<cnghttp2_header>

    init(_ event: cnghttp2_event) {
        fields = UnsafeBufferPointer(start: event.headers, count: event.header_count)
    }

    package var underestimatedCount: Int { fields.count }

    package struct Iterator: IteratorProtocol {
        private let fields: UnsafeBufferPointer<cnghttp2_header>
        private var position = 0

        fileprivate init(_ fields: UnsafeBufferPointer<cnghttp2_header>) {
            self.fields = fields
        }

        package mutating func next() -> HeaderField? {
            guard position < fields.count else { return nil }
            defer { position += 1 }
            let field = fields[position]
            return HeaderField(
                name: UnsafeRawBufferPointer(start: field.name, count: field.name_length),
                value: UnsafeRawBufferPointer(start: field.value, count: field.value_length)
            )
        }
    }

    package func makeIterator() -> Iterator {
        Iterator(fields)
    }
}
