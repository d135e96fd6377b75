internal import CNghttp2

/// A received header list, in the session's memory.
///
/// Valid only while the event it came with is being handled.
package struct HeaderList: Sequence {
    /// How many of its latest lists a session recognizes by number.
    package static let recentCount = UInt64(CNGHTTP2_RECENT_LISTS)

    private let fields: UnsafeBufferPointer<cnghttp2_header>
    /// Two requests of a session with the same number have the same header list, apart from the value of
    /// `grpc-timeout`; 0 means that the list has no number.
    package let number: UInt64
    /// The value of `grpc-timeout` in a numbered list.
    package let timeout: UnsafeRawBufferPointer?

    init(_ event: cnghttp2_event) {
        fields = UnsafeBufferPointer(start: event.headers, count: event.header_count)
        number = event.list_number
        timeout = event.timeout.map { UnsafeRawBufferPointer(start: $0, count: event.timeout_length) }
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
