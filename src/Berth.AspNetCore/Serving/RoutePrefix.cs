using Microsoft.AspNetCore.Routing.Patterns;

namespace Berth.AspNetCore.Serving;

/// <summary>A prefix of service A's routes, read as ASP.NET reads it.</summary>
internal sealed class RoutePrefix
{
    // The first segments of service A's own routes.
    private static readonly string[] s_own = ["V1", "HEALTHZ", "READYZ"];

    private readonly string _text;

    // Two segments that ASP.NET cannot tell apart are one text here.
    private readonly string[] _segments;

    private RoutePrefix(string text, RoutePattern pattern)
    {
        _text = text;
        _segments = [.. pattern.PathSegments.Select(TextOf)];
    }

    /// <summary>Reads a prefix, and each of the routes behind it.</summary>
    /// <exception cref="ArgumentException">ASP.NET cannot read one of them.</exception>
    public static RoutePrefix Parse(string prefix, IEnumerable<string> routes)
    {
        try
        {
            RoutePattern pattern = RoutePatternFactory.Parse(prefix);
            foreach (string route in routes)
                RoutePatternFactory.Parse(prefix.TrimEnd('/') + route);
            return new RoutePrefix(prefix, pattern);
        }
        catch (RoutePatternException exception)
        {
            throw new ArgumentException(
                $"The prefix '{prefix}' of MapBerth cannot be used: {exception.Message} Give a path such as /discovery, with names of " +
                "parameters that the routes of service A do not have (namespace, service, pod, rest).",
                nameof(prefix), exception);
        }
    }

    /// <summary>Returns a sentence when ASP.NET could not tell the routes from those of a prefix that is mapped, else null.</summary>
    public string? FaultBeside(RoutePrefix mapped)
    {
        if (_segments.SequenceEqual(mapped._segments, StringComparer.Ordinal))
        {
            string same = _text == mapped._text
                ? $"MapBerth is called twice for the prefix '{_text}'."
                : $"MapBerth is called for the prefixes '{mapped._text}' and '{_text}', which are one: capital letters, slashes at the " +
                    "ends and names of parameters make no difference.";
            return same + " Give all targets in one call, or two prefixes.";
        }

        (RoutePrefix outer, RoutePrefix inner) = _segments.Length < mapped._segments.Length ? (this, mapped) : (mapped, this);
        return inner.IsAmongRoutesOf(outer)
            ? $"The prefix '{inner._text}' of MapBerth is among the routes of its prefix '{outer._text}'. Give another prefix."
            : null;
    }

    private bool IsAmongRoutesOf(RoutePrefix outer)
    {
        int length = outer._segments.Length;
        return _segments.Length > length && _segments.AsSpan(0, length).SequenceEqual(outer._segments)
            && s_own.Contains(_segments[length], StringComparer.Ordinal);
    }

    private static string TextOf(RoutePatternPathSegment segment) =>
        string.Concat(segment.Parts.Select(static part => part switch
        {
            RoutePatternLiteralPart literal => literal.Content.ToUpperInvariant(),
            RoutePatternSeparatorPart separator => separator.Content,
            RoutePatternParameterPart parameter =>
                $"{{{string.Join(':', parameter.ParameterPolicies.Select(static policy => policy.Content))}}}",
            _ => "",
        }));
}
