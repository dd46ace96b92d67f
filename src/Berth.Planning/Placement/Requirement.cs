namespace Berth.Planning.Placement;

/// <summary>The requirement of one node selector term for one label: its values, and whether the label must exist.</summary>
internal sealed class Requirement
{
    private HashSet<string>? _allowed;
    private HashSet<string>? _excluded;

    // The bounds of Gt and Lt, both exclusive. A label has no sign, so that it is never negative.
    private long _above = -1;
    private long _below = long.MaxValue;
    private bool _isNumber;
    private bool _exists;
    private bool _isAbsent;

    /// <summary>Adds one expression.</summary>
    /// <returns>False for an operator that Kubernetes refuses, or a number that no node meets.</returns>
    public bool Add(string? @operator, IEnumerable<string> values)
    {
        switch (@operator)
        {
            case "In":
                _exists = true;
                if (_allowed is null)
                    _allowed = new HashSet<string>(values, StringComparer.Ordinal);
                else
                    _allowed.IntersectWith(values);
                return true;
            case "NotIn":
                (_excluded ??= new HashSet<string>(StringComparer.Ordinal)).UnionWith(values);
                return true;
            case "Exists":
                _exists = true;
                return true;
            case "DoesNotExist":
                _isAbsent = true;
                return true;
            case "Gt" or "Lt":
                return AddBound(@operator, values);
            default:
                return false;
        }
    }

    /// <summary>True when a label can meet both, as far as the expressions tell.</summary>
    public bool CanMeet(Requirement other)
    {
        if ((_exists || other._exists) && (_isAbsent || other._isAbsent))
            return false;
        IEnumerable<string>? allowed = _allowed is null ? other._allowed
            : other._allowed is null ? _allowed
            : _allowed.Intersect(other._allowed, StringComparer.Ordinal);
        return allowed is null
            ? Math.Max(_above, other._above) < Math.Min(_below, other._below) - 1
            : allowed.Any(value => AllowsValue(value) && other.AllowsValue(value));
    }

    public bool IsMetBy(string? label) =>
        label is null
            ? !_exists
            : !_isAbsent && _allowed?.Contains(label) != false && AllowsValue(label);

    // https://kubernetes.io/docs/concepts/scheduling-eviction/assign-pod-node/#operators: a label that is no whole number meets neither.
    private bool AddBound(string @operator, IEnumerable<string> values)
    {
        if (values.ToArray() is not [var text] || !TryReadNumber(text, out long bound))
            return false;
        _exists = true;
        _isNumber = true;
        if (@operator == "Gt")
            _above = Math.Max(_above, bound);
        else
            _below = Math.Min(_below, bound);
        return true;
    }

    private bool AllowsValue(string value) =>
        _excluded?.Contains(value) != true
        && (!_isNumber || (TryReadNumber(value, out long number) && number > _above && number < _below));

    private static bool TryReadNumber(string text, out long number) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out number);
}
