extension TopicPattern {
    private static let longest = 1_024
    private static let deepestOptional = 8
    private static let mostVariants = 64

    /// A parameter of the pattern's text.
    private struct Parameter {
        let name: String
        let constraint: TopicAutomaton?
        /// The position of its `{`.
        let position: Int
        /// The characters that may directly follow it in the pattern.
        var followers = ASCIISet()

        var first: ASCIISet { constraint?.first ?? TopicPattern.unconstrained }
    }

    private indirect enum Part {
        case text([UInt8])
        case parameter(Int)
        case optional([Part])
    }

    /// Parses a pattern: its parts, then every combination of optional parts, then the end of each parameter.
    static func parse(_ text: String) throws(TopicError) -> [TopicVariant] {
        var reader = PatternReader(text)
        guard !text.isEmpty else { throw TopicError(.invalidPattern, "Invalid topic pattern: it is empty.") }
        guard text.utf8.count <= longest else {
            throw reader.failure("it has more than \(longest) characters; shorten it", at: longest)
        }
        if let index = reader.firstForeignByte {
            throw reader.failure("channels may have only printable ASCII characters; remove this one", at: index)
        }
        var parameters: [Parameter] = []
        let parts = try readParts(&reader, &parameters, depth: 0)
        let forms = expanded(parts[...])
        guard forms.count <= mostVariants else {
            throw reader.failure("its optional parts make more than \(mostVariants) forms; register several patterns")
        }
        guard forms.allSatisfy({ !$0.isEmpty }) else {
            throw reader.failure("all of it is optional; put something outside of the brackets")
        }
        for form in forms { noteFollowers(in: form, &parameters) }
        var automata: [TopicAutomaton] = []
        for parameter in parameters { automata.append(try automaton(of: parameter, reader)) }
        return forms.map { form in
            TopicVariant(
                form.map { part in
                    switch part {
                    case .text(let bytes): .text(bytes)
                    case .parameter(let index): .parameter(name: parameters[index].name, automata[index])
                    }
                }
            )
        }
    }

    // MARK: Parts

    private static func readParts(
        _ reader: inout PatternReader,
        _ parameters: inout [Parameter],
        depth: Int
    ) throws(TopicError) -> [Part] {
        var parts: [Part] = []
        var text: [UInt8] = []
        let opening = reader.position - 1
        while true {
            guard let byte = reader.take() else {
                guard depth == 0 else { throw reader.failure("this [ is never closed; add a ]", at: opening) }
                break
            }
            switch byte {
            case UInt8(ascii: "{"):
                if !text.isEmpty { parts.append(.text(text)) }
                text = []
                parts.append(.parameter(parameters.count))
                parameters.append(try readParameter(&reader, parameters))
            case UInt8(ascii: "["):
                guard depth < deepestOptional else {
                    throw reader.failure(
                        "optional parts are nested deeper than \(deepestOptional); register several patterns"
                    )
                }
                if !text.isEmpty { parts.append(.text(text)) }
                text = []
                parts.append(.optional(try readParts(&reader, &parameters, depth: depth + 1)))
            case UInt8(ascii: "}"): throw reader.failure("this } has no {; add one or remove it")
            case UInt8(ascii: "]"):
                guard depth > 0 else { throw reader.failure("this ] has no [; add one or remove it") }
                if !text.isEmpty { parts.append(.text(text)) }
                guard !parts.isEmpty else { throw reader.failure("this optional part is empty; remove it") }
                return parts
            default: text.append(byte)
            }
        }
        return text.isEmpty ? parts : parts + [.text(text)]
    }

    private static func readParameter(
        _ reader: inout PatternReader,
        _ others: [Parameter]
    ) throws(TopicError) -> Parameter {
        let position = reader.position - 1
        var name = ""
        while let byte = reader.next, ASCIISet.wordCharacters.contains(byte) {
            name.unicodeScalars.append(Unicode.Scalar(byte))
            _ = reader.take()
        }
        guard let first = name.utf8.first, !ASCIISet.digits.contains(first) else {
            throw reader.failure("a parameter needs a name of letters, digits and _, such as {id}", at: position)
        }
        guard !others.contains(where: { $0.name == name }) else {
            throw reader.failure("the parameter {\(name)} is repeated; choose another name", at: position)
        }
        var constraint: TopicAutomaton?
        if reader.take(":") { constraint = try readConstraint(&reader, name: name, position: position) }
        guard reader.take("}") else {
            throw reader.next == nil
                ? reader.failure("this { is never closed; write {\(name)}", at: position)
                : reader.failure(
                    "a name cannot contain this; write {\(name)} or {\(name):constraint}",
                    at: reader.position
                )
        }
        return Parameter(name: name, constraint: constraint, position: position)
    }

    private static func readConstraint(
        _ reader: inout PatternReader,
        name: String,
        position: Int
    ) throws(TopicError) -> TopicAutomaton {
        let constraint = try TopicConstraint(&reader)
        let problem: String
        do throws(TopicAutomaton.ConstraintError) {
            return try TopicAutomaton(constraint)
        } catch {
            problem =
                switch error {
                case .tooLarge: "the constraint of {\(name)} needs too many states; simplify it"
                case .matchesNothing:
                    "the constraint of {\(name)} allows it to be empty; require a character, or make it optional: [{…}]"
                }
        }
        throw reader.failure(problem, at: position)
    }

    // MARK: Forms

    private enum FormPart {
        case text([UInt8])
        case parameter(Int)
    }

    /// All forms of a list of parts, those with optional parts first; slightly more than the maximum allowed.
    private static func expanded(_ parts: ArraySlice<Part>) -> [[FormPart]] {
        guard let part = parts.first else { return [[]] }
        let rest = expanded(parts.dropFirst())
        let beginnings: [[FormPart]]
        switch part {
        case .text(let bytes): beginnings = [[.text(bytes)]]
        case .parameter(let index): beginnings = [[.parameter(index)]]
        case .optional(let inner): beginnings = expanded(inner[...]) + [[]]
        }
        var forms: [[FormPart]] = []
        for beginning in beginnings where forms.count <= mostVariants {
            for end in rest { forms.append(beginning + end) }
        }
        return Array(forms.prefix(mostVariants + 1))
    }

    private static func noteFollowers(in form: [FormPart], _ parameters: inout [Parameter]) {
        for (part, next) in zip(form, form.dropFirst()) {
            guard case .parameter(let index) = part else { continue }
            switch next {
            case .text(let bytes): bytes.first.map { parameters[index].followers.insert($0) }
            case .parameter(let other):
                let followers = parameters[index].followers.union(parameters[other].first)
                parameters[index].followers = followers
            }
        }
    }

    /// A parameter's automaton, which nothing that may follow can continue: so each channel is read in one way.
    private static func automaton(
        of parameter: Parameter,
        _ reader: PatternReader
    ) throws(TopicError) -> TopicAutomaton {
        let name = parameter.name
        guard let constraint = parameter.constraint else {
            let set = unconstrained.subtracting(parameter.followers)
            guard !set.isEmpty else {
                throw reader.failure(
                    "it is unclear where {\(name)} ends; put a character after it, or give it a constraint",
                    at: parameter.position
                )
            }
            return TopicAutomaton(oneOrMoreOf: set)
        }
        let both = constraint.continuations.subtracting(constraint.continuations.subtracting(parameter.followers))
        guard let byte = both.bytes.first else { return constraint }
        throw reader.failure(
            "it is unclear where {\(name)} ends: its constraint allows \"\(Character(Unicode.Scalar(byte)))\", "
                + "which also follows it; exclude that from the constraint",
            at: parameter.position
        )
    }
}
