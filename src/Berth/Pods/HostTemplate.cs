using System.Text;

namespace Berth.Pods;

/// <summary>The host names of pods by a template, such as <c>{pod}.{namespace}.play.example.com</c>. Immutable.</summary>
internal sealed class HostTemplate
{
    private static readonly (string Word, Piece Piece)[] s_words =
    [
        ("pod", Piece.Pod), ("namespace", Piece.Namespace), ("ordinal", Piece.Ordinal), ("node", Piece.Node), ("zone", Piece.Zone),
    ];

    private readonly string _template;
    private readonly List<(Piece Piece, string Text)> _pieces = [];

    private HostTemplate(string template) => _template = template;

    private enum Piece
    {
        Text,
        Pod,
        Namespace,
        Ordinal,
        Node,
        Zone,
    }

    /// <summary>Reads a template.</summary>
    /// <param name="text">The text.</param>
    /// <param name="fault">The fault as a sentence, or null.</param>
    /// <returns>The template, or null.</returns>
    public static HostTemplate? TryParse(string text, out string? fault)
    {
        HostTemplate template = new(text);
        fault = template.Split();
        if (fault is null && !HostNames.IsValid(template.Expand("a-0", "a", "a", "a") ?? ""))
            fault = "with a pod's values it is no host name. Give letters, digits and dashes, with dots between";
        if (fault is null)
            return template;
        fault = $"The template of host names '{text}' cannot be used: {fault}. Write it as {{pod}}.{{namespace}}.play.example.com.";
        return null;
    }

    /// <summary>
    /// Returns the host name of a pod, in a new string. Null when a part of the template is not known, or when the result is no host name.
    /// </summary>
    public string? Expand(string pod, string @namespace, string? node, string? zone)
    {
        StringBuilder host = new(_template.Length + pod.Length + @namespace.Length);
        foreach ((Piece piece, string text) in _pieces)
        {
            string? value = piece switch
            {
                Piece.Text => text,
                Piece.Pod => pod,
                Piece.Namespace => @namespace,
                Piece.Node => node,
                Piece.Zone => zone,
                _ => PodOrdinal.Split(pod, out int prefix, out _) == PodOrdinal.Fault.None ? pod[prefix..] : null,
            };
            if (value is null)
                return null;
            host.Append(value);
        }

        string found = host.ToString();
        return HostNames.IsValid(found) ? found : null;
    }

    public override string ToString() => _template;

    private string? Split()
    {
        ReadOnlySpan<char> rest = _template;
        while (!rest.IsEmpty)
        {
            int open = rest.IndexOf('{');
            if (open != 0)
            {
                ReadOnlySpan<char> text = open < 0 ? rest : rest[..open];
                if (text.Contains('}'))
                    return "it has a '}' without a '{'";
                _pieces.Add((Piece.Text, text.ToString()));
                rest = rest[text.Length..];
                continue;
            }

            int close = rest.IndexOf('}');
            string word = close < 0 ? "" : rest[1..close].ToString();
            (string _, Piece piece) = Array.Find(s_words, known => known.Word == word);
            if (piece == Piece.Text)
            {
                return close < 0
                    ? "it has a '{' without a '}'"
                    : $"'{{{word}}}' stands for nothing; known are {string.Join(", ", s_words.Select(static w => $"{{{w.Word}}}"))}";
            }

            _pieces.Add((piece, ""));
            rest = rest[(close + 1)..];
        }

        return null;
    }
}
