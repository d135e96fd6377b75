extension Metadata: Sequence {
    /// Makes an iterator over names, in lower case, and values, in the order they were received.
    public func makeIterator() -> Iterator {
        Iterator(storage: storage)
    }

    /// The number of entries.
    public var underestimatedCount: Int { count }

    /// All values by name in lower case, each name's in the order they were received.
    ///
    /// Those of a `-bin` name are base64, and U+FFFD replaces what is not UTF-8.
    public var dictionary: [String: [String]] {
        reduce(into: [:]) { values, entry in values[entry.name, default: []].append(entry.value) }
    }

    /// Iterates over the names and values of metadata.
    public struct Iterator: IteratorProtocol {
        fileprivate let storage: [UInt8]
        private var offset = 0

        fileprivate init(storage: [UInt8]) {
            self.storage = storage
        }

        /// The next name and value; the value of a `-bin` name is base64, and in others U+FFFD replaces what is not
        /// UTF-8.
        public mutating func next() -> (name: String, value: String)? {
            storage.withUnsafeBytes { bytes in
                guard let entry = Entry(at: offset, of: bytes) else { return nil }
                offset = entry.end
                return (String(decoding: entry.name, as: UTF8.self), String(decoding: entry.value, as: UTF8.self))
            }
        }
    }
}

extension Metadata: ExpressibleByDictionaryLiteral {
    /// Creates metadata from a dictionary literal, in which a name may be repeated.
    public init(dictionaryLiteral elements: (String, String)...) {
        self.init(elements)
    }
}

extension Metadata: CustomStringConvertible {
    /// Only the names: values are often secrets, and descriptions end up in logs.
    public var description: String {
        "[\(map(\.name).joined(separator: ", "))]"
    }
}

extension Metadata: CustomReflectable {
    /// Hides the stored bytes from `dump`, for the same reason as ``description``.
    public var customMirror: Mirror {
        Mirror(self, unlabeledChildren: map(\.name))
    }
}
