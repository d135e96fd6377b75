import Tracing

extension SpanAttributes {
    /// The attributes, which are not a sequence themselves.
    var entries: [(name: String, value: SpanAttribute)] {
        var entries: [(name: String, value: SpanAttribute)] = []
        let add = { (name: String, value: SpanAttribute) in entries.append((name, value)) }
        forEach(add)
        return entries
    }

    /// Cuts attributes to what a span may hold.
    ///
    /// - Parameters:
    ///   - limit: The most attributes.
    ///   - present: Those that the span has: they stay, whatever comes later.
    /// - Returns: What is kept, and how many attributes are not.
    func bounded(
        to limit: Int,
        keeping present: SpanAttributes = SpanAttributes()
    ) -> (kept: SpanAttributes, dropped: Int) {
        var kept = SpanAttributes()
        let all = entries.map { (name: $0.name.shortened(to: Self.mostText), value: $0.value.bounded) }
        guard all.count > limit else {
            for (name, value) in all { kept[name] = value }
            return (kept, 0)
        }
        let (old, new) = (all.filter { present[$0.name] != nil }, all.filter { present[$0.name] == nil })
        for (name, value) in (old + new).prefix(limit) { kept[name] = value }
        return (kept, all.count - limit)
    }

    fileprivate static var mostText: Int { OTLPSpan.Record.mostText }
}

extension SpanAttribute {
    /// The value with its texts and its number of elements cut; what only describes itself is a text from now on.
    fileprivate var bounded: SpanAttribute {
        let (most, text) = (OTLPSpan.Record.mostItems, OTLPSpan.Record.mostText)
        return switch self {
        case .string(let value): .string(value.shortened(to: text))
        case .stringConvertible(let value): .string("\(value)".shortened(to: text))
        case .stringArray(let values): .stringArray(values.prefix(most).map { $0.shortened(to: text) })
        case .stringConvertibleArray(let values): .stringArray(values.prefix(most).map { "\($0)".shortened(to: text) })
        case .boolArray(let values): .boolArray(Array(values.prefix(most)))
        case .int32Array(let values): .int32Array(Array(values.prefix(most)))
        case .int64Array(let values): .int64Array(Array(values.prefix(most)))
        case .doubleArray(let values): .doubleArray(Array(values.prefix(most)))
        default: self
        }
    }
}
