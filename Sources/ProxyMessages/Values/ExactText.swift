/// A text that equals another one only if their bytes are equal, for tables of identities and permissions.
///
/// Swift's `String` compares by canonical equivalence: "é" equals "e" with a following accent, and "K" equals the
/// Kelvin sign. Storages, Centrifugo and other services compare bytes. Mixing the two would confuse users.
package struct ExactText: Hashable, Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }

    package static func == (left: ExactText, right: ExactText) -> Bool {
        left.text.isExactly(right.text)
    }

    package func hash(into hasher: inout Hasher) {
        let isHashed: Void? = text.utf8.withContiguousStorageIfAvailable { bytes in
            hasher.combine(bytes: UnsafeRawBufferPointer(bytes))
        }
        if isHashed == nil { for byte in text.utf8 { hasher.combine(byte) } }
        // UTF-8 never contains this byte, so consecutive texts are hashed separately.
        hasher.combine(0xFF as UInt8)
    }
}

extension String {
    /// Whether this text has the bytes of another one, unlike `==`; see ``ExactText``.
    package func isExactly(_ other: String) -> Bool {
        guard utf8.count == other.utf8.count else { return false }
        // Comparing through the views, byte by byte, takes far longer, which calls of methods would notice.
        let areEqual = utf8.withContiguousStorageIfAvailable { bytes in
            other.utf8.withContiguousStorageIfAvailable { others in
                Self.areEqual(UnsafeRawBufferPointer(bytes), UnsafeRawBufferPointer(others))
            }
        }
        return (areEqual ?? nil) ?? utf8.elementsEqual(other.utf8)
    }

    /// Compares bytes of the same length, eight at a time.
    private static func areEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        var position = 0
        while position + 8 <= left.count {
            let word = left.loadUnaligned(fromByteOffset: position, as: UInt64.self)
            guard word == right.loadUnaligned(fromByteOffset: position, as: UInt64.self) else { return false }
            position += 8
        }
        while position < left.count {
            guard left[position] == right[position] else { return false }
            position += 1
        }
        return true
    }
}

extension Sequence<String> {
    /// Whether one of the texts has the bytes of another; see ``ExactText``.
    package func containsExactly(_ text: String) -> Bool {
        contains { $0.isExactly(text) }
    }
}

extension [String: String] {
    /// The value of the key with exactly these bytes; see ``ExactText``.
    package subscript(exactly key: String) -> String? {
        guard let index = index(forKey: key), self[index].key.isExactly(key) else { return nil }
        return self[index].value
    }
}
