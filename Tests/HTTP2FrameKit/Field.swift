/// One header field, as bytes: what is sent on purpose may not be text.
package struct Field: Hashable, Sendable, CustomStringConvertible {
    package var name: [UInt8]
    package var value: [UInt8]

    package init(_ name: [UInt8], _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    package init(_ name: String, _ value: String) {
        self.init(Array(name.utf8), Array(value.utf8))
    }

    /// What the field counts in a header list or a dynamic table (RFC 7541 §4.1).
    package var size: Int { name.count + value.count + 32 }

    package var description: String {
        "\(String(decoding: name, as: UTF8.self)): \(String(decoding: value, as: UTF8.self))"
    }
}

extension [Field] {
    /// The value of the first field of that name, as text.
    package subscript(name: String) -> String? {
        let name = [UInt8](name.utf8)
        return first { $0.name == name }.map { String(decoding: $0.value, as: UTF8.self) }
    }
}
