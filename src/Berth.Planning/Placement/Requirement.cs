namespace Berth.Planning.Placement;

/// <summary>The requirement of one node selector term for one label: its values, and whether it has to be there.</summary>
internal sealed class Requirement
{
    private HashSet<string>? _allowed;
    private HashSet<string>? _excluded;
    private bool _exists;
    private bool _isAbsent;

    /// <summary>Adds one expression.</summary>
    /// <returns>False for an operator that is not understood here: Gt and Lt.</returns>
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
        return allowed is null || allowed.Any(value => _excluded?.Contains(value) != true && other._excluded?.Contains(value) != true);
    }

    public bool IsMetBy(string? label) =>
        label is null
            ? !_exists
            : !_isAbsent && _allowed?.Contains(label) != false && _excluded?.Contains(label) != true;
}
