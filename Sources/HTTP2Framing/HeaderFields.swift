internal import CNghttp2

/// A header or trailer list to send: fields known at compile time, then fields made for this message.
package struct HeaderFields: Sendable {
    private var fixed: [(name: StaticString, value: StaticString)]
    private var made: [(name: String, value: String)]

    package init(fixed: [(name: StaticString, value: StaticString)] = [], made: [(name: String, value: String)] = []) {
        self.fixed = fixed
        self.made = made
    }

    /// The same list with `fields` after its own.
    package func appending(_ fields: [(name: String, value: String)]) -> HeaderFields {
        var result = self
        result.made += fields
        return result
    }

    /// Calls `body` with the list in its C form.
    ///
    /// Fixed fields are never copied: their bytes are part of the program.
    func withCHeaders<Result>(_ body: (UnsafeBufferPointer<cnghttp2_header>) -> Result) -> Result {
        guard made.isEmpty else { return withOwnedBytes(body) }
        return withUnsafeTemporaryAllocation(of: cnghttp2_header.self, capacity: fixed.count) { headers in
            copyFixed(into: headers)
            return body(UnsafeBufferPointer(headers))
        }
    }

    private func copyFixed(into headers: UnsafeMutableBufferPointer<cnghttp2_header>) {
        for (index, field) in fixed.enumerated() {
            headers.initializeElement(
                at: index,
                to: cnghttp2_header(
                    name: field.name.utf8Start,
                    name_length: field.name.utf8CodeUnitCount,
                    value: field.value.utf8Start,
                    value_length: field.value.utf8CodeUnitCount,
                    permanent: true
                )
            )
        }
    }

    private func withOwnedBytes<Result>(_ body: (UnsafeBufferPointer<cnghttp2_header>) -> Result) -> Result {
        var bytes: [UInt8] = []
        for field in made {
            bytes += field.name.utf8
            bytes += field.value.utf8
        }
        return bytes.withUnsafeBufferPointer { owned in
            withUnsafeTemporaryAllocation(of: cnghttp2_header.self, capacity: fixed.count + made.count) { headers in
                copyFixed(into: headers)
                guard var next = owned.baseAddress else { return body(UnsafeBufferPointer(headers)) }
                for (index, field) in made.enumerated() {
                    let nameLength = field.name.utf8.count
                    let valueLength = field.value.utf8.count
                    headers.initializeElement(
                        at: fixed.count + index,
                        to: cnghttp2_header(
                            name: next,
                            name_length: nameLength,
                            value: next + nameLength,
                            value_length: valueLength,
                            permanent: false
                        )
                    )
                    next += nameLength + valueLength
                }
                return body(UnsafeBufferPointer(headers))
            }
        }
    }
}
