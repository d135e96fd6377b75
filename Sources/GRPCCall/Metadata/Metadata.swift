/// The custom metadata of a call: the peer's headers, apart from those of HTTP/2 and gRPC themselves.
///
/// ```swift
/// let tenant = context.metadata.first("x-tenant")      // the first value, in any case of the name
/// let all = context.metadata["x-forwarded-for"]        // all values
/// for (name, value) in context.metadata { … }          // in the order they were received
/// let values = context.metadata.dictionary             // [String: [String]]
/// ```
///
/// Names are case-insensitive, and a name may have several values, which keep their order. Values are text; those of
/// names that end with `-bin` are base64 on the wire and are read with ``binary(_:)``. One entry of such a name may
/// hold several values, separated by commas.
///
/// A value that is not UTF-8 does not end the call. ``bytes(_:)`` returns it unchanged, and it is a value like any
/// other: where exactly one value is expected, it is one too many. As text, it has U+FFFD in place of what is not
/// UTF-8.
///
/// All entries are stored in one buffer, one after the other, since a call has few; the many calls without any allocate
/// nothing.
public struct Metadata: Sendable, Hashable {
    /// The number of entries; a name that was sent twice has two.
    public private(set) var count = 0

    /// The entries: the lengths of name and value, then the name in lower case, then the value.
    private(set) var storage: [UInt8] = []

    /// Creates metadata without entries.
    public init() {}

    /// Creates metadata from names and values; values of `-bin` names are base64.
    public init(_ entries: some Sequence<(String, String)>) {
        for (name, value) in entries { append(value, for: name) }
    }

    /// The memory of the entries.
    package var byteCount: Int { storage.capacity }

    /// Whether there are no entries.
    public var isEmpty: Bool { count == 0 }

    /// All values of a name in their order; those of a `-bin` name are base64, and U+FFFD replaces what is not UTF-8.
    public subscript(name: String) -> [String] {
        var values: [String] = []
        forEachValue(of: name) { values.append(String(decoding: $0, as: UTF8.self)) }
        return values
    }

    /// The first value of a name.
    public func first(_ name: String) -> String? {
        self[name].first
    }

    /// All values of a name in their order, as they were received; those of a `-bin` name are base64.
    public func bytes(_ name: String) -> [[UInt8]] {
        var values: [[UInt8]] = []
        forEachValue(of: name) { values.append(Array($0)) }
        return values
    }

    /// All values of a `-bin` name, decoded.
    ///
    /// A received value is always base64, since any other ends the call; an appended value that is not base64 is
    /// omitted.
    public func binary(_ name: String) -> [[UInt8]] {
        var values: [[UInt8]] = []
        forEachValue(of: name) { value in
            if let bytes = Base64.decode(value) { values.append(bytes) }
        }
        return values
    }

    /// Adds an entry after the name's existing ones; the value is base64 when the name ends with `-bin`.
    public mutating func append(_ value: String, for name: String) {
        var name = Array(name.utf8)
        var value = value
        value.withUTF8 { value in
            name.withUnsafeMutableBytes { name in
                for index in name.indices { name[index] = name[index].lowercasedASCII }
                append(name: UnsafeRawBufferPointer(name), value: UnsafeRawBufferPointer(value))
            }
        }
    }

    /// Adds an entry with a binary value after the name's existing ones; the name ends with `-bin`.
    public mutating func append(_ value: [UInt8], for name: String) {
        precondition(name.lowercased().hasSuffix("-bin"), "the name of a binary value ends with -bin")
        append(Base64.encode(value), for: name)
    }

    /// Calls `body` with the bytes of each value of a name, without making a string.
    ///
    /// Each view is valid only during its call.
    package func forEachValue(of name: String, _ body: (UnsafeRawBufferPointer) throws -> Void) rethrows {
        try storage.withUnsafeBytes { bytes in
            var offset = 0
            while let entry = Entry(at: offset, of: bytes) {
                offset = entry.end
                guard entry.name.elementsEqual(name.utf8, by: { $0 == $1.lowercasedASCII }) else { continue }
                // Lists are split only when they are read: stored as separate entries, the elements would each repeat
                // the name, and one field of commas could fill the memory.
                if entry.name.isBinaryMetadataName {
                    try entry.value.forEachListElement(body)
                } else {
                    try body(entry.value)
                }
            }
        }
    }

    /// Adds an entry whose name is in lower case.
    mutating func append(name: UnsafeRawBufferPointer, value: UnsafeRawBufferPointer) {
        // Reserves room for several entries at once, instead of growing during the first one.
        if storage.isEmpty { storage.reserveCapacity(256) }
        withUnsafeBytes(of: (name.count, value.count)) { storage.append(contentsOf: $0) }
        storage.append(contentsOf: name)
        storage.append(contentsOf: value)
        count += 1
    }
}

extension Metadata {
    /// One entry in the storage.
    struct Entry {
        static let headerSize = 2 * MemoryLayout<Int>.size

        let name: UnsafeRawBufferPointer
        let value: UnsafeRawBufferPointer
        /// Where the next entry starts.
        let end: Int

        init?(at offset: Int, of storage: UnsafeRawBufferPointer) {
            guard offset < storage.count else { return nil }
            let (nameCount, valueCount) = storage.loadUnaligned(fromByteOffset: offset, as: (Int, Int).self)
            let nameStart = offset + Self.headerSize
            let valueStart = nameStart + nameCount
            end = valueStart + valueCount
            name = UnsafeRawBufferPointer(rebasing: storage[nameStart..<valueStart])
            value = UnsafeRawBufferPointer(rebasing: storage[valueStart..<end])
        }
    }
}
