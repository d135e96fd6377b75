/// Decodes the header blocks of one direction of a connection (RFC 7541), independently of the code under test.
package struct HPACKDecoder {
    // Newest first, as indexes count.
    private var table: [Field] = []
    private var tableSize = 0
    private var maxTableSize: Int
    private let limit: Int

    /// - Parameter limit: Bytes of dynamic table that this side announced (SETTINGS_HEADER_TABLE_SIZE).
    package init(limit: Int = 4096) {
        self.limit = limit
        maxTableSize = limit
    }

    package mutating func decode(_ block: some Sequence<UInt8>) throws(HPACKError) -> [Field] {
        var rest = Array(block)[...]
        var fields: [Field] = []
        while let first = rest.first {
            switch first {
            case 0x80...: fields.append(try field(at: try HPACKInteger.decode(prefix: 7, from: &rest)))
            case 0x40...:
                let field = try literal(prefix: 6, from: &rest)
                insert(field)
                fields.append(field)
            case 0x20...:
                guard fields.isEmpty else { throw .invalidTableSize }
                try resize(to: try HPACKInteger.decode(prefix: 5, from: &rest))
            default: fields.append(try literal(prefix: 4, from: &rest))
            }
        }
        return fields
    }

    private func field(at index: Int) throws(HPACKError) -> Field {
        let known = HPACKStaticTable.fields
        guard index > 0, index <= known.count + table.count else { throw .invalidIndex }
        return index <= known.count ? known[index - 1] : table[index - known.count - 1]
    }

    private func literal(prefix: Int, from rest: inout ArraySlice<UInt8>) throws(HPACKError) -> Field {
        let index = try HPACKInteger.decode(prefix: prefix, from: &rest)
        let name = index == 0 ? try string(from: &rest) : try field(at: index).name
        return Field(name, try string(from: &rest))
    }

    private func string(from rest: inout ArraySlice<UInt8>) throws(HPACKError) -> [UInt8] {
        let isHuffman = rest.first.map { $0 & 0x80 != 0 } ?? false
        let length = try HPACKInteger.decode(prefix: 7, from: &rest)
        guard length <= rest.count else { throw .truncated }
        let bytes = rest.prefix(length)
        rest = rest.dropFirst(length)
        return isHuffman ? try HuffmanCode.decode(bytes) : Array(bytes)
    }

    // RFC 7541 §4.4: a field larger than the table empties it and is not kept.
    private mutating func insert(_ field: Field) {
        table.insert(field, at: 0)
        tableSize += field.size
        evict()
    }

    private mutating func resize(to size: Int) throws(HPACKError) {
        guard size <= limit else { throw .invalidTableSize }
        maxTableSize = size
        evict()
    }

    private mutating func evict() {
        while tableSize > maxTableSize, let oldest = table.popLast() {
            tableSize -= oldest.size
        }
    }
}
