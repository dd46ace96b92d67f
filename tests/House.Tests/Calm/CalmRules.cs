using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.House.Calm;

/// <summary>The rules that keep tests independent of the machine's speed, and of each other's files.</summary>
internal static class CalmRules
{
    private const int MaxName = 70;

    public static IEnumerable<CalmFault> Find(string text)
    {
        SyntaxTree tree = CSharpSyntaxTree.ParseText(text, new CSharpParseOptions(LanguageVersion.Preview, DocumentationMode.None));
        SyntaxNode root = tree.GetRoot();
        ShortLimits limits = new(root);
        return root.DescendantNodes()
            .Select(node => (node, fault: FindFault(node, limits)))
            .Where(static found => found.fault is not null)
            .Select(found => new CalmFault(
                found.fault!.Value.Rule, tree.GetLineSpan(found.node.Span).StartLinePosition.Line + 1, found.fault.Value.Advice));
    }

    private static (string Rule, string Advice)? FindFault(SyntaxNode node, ShortLimits limits) => node switch
    {
        InvocationExpressionSyntax call when IsCall(call, "Task", "Yield") && IsInWhile(call) =>
            ("yield", "A loop around Task.Yield takes the processors from what it waits for. Use Wait of TestKit."),
        MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Thread" } } member
            when member.Name.Identifier.Text is "Sleep" or "Yield" or "SpinWait" =>
            ("sleep", "A test never sleeps. Wait for a condition with Wait of TestKit, or move a fake clock."),
        InvocationExpressionSyntax call when IsCall(call, "Task", "Delay") && !IsEndless(call.ArgumentList.Arguments[0].Expression) =>
            ("delay", "A test never waits for time. Wait for a condition with Wait of TestKit, or move a fake clock."),
        MemberAccessExpressionSyntax member
            when member.Name.Identifier.Text is "CreateTempSubdirectory" or "GetTempFileName" or "GetTempPath" or "GetRandomFileName" =>
            ("temporary", "Use TestFolder or TestFile of TestKit: a failed test then leaves nothing behind."),
        MethodDeclarationSyntax method when method.Identifier.Text.Length > MaxName && IsTest(method) =>
            ("name", $"{method.Identifier.Text} has {method.Identifier.Text.Length} characters. Use {MaxName} at most."),
        _ when limits.Find(node) is { } limit =>
            ("limit", $"{limit.TotalSeconds:0.###} s can pass on a busy machine without a fault. Use Wait.Limit."),
        _ => null,
    };

    private static bool IsCall(InvocationExpressionSyntax call, string type, string method) =>
        call.Expression is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax owner } member
        && owner.Identifier.Text == type && member.Name.Identifier.Text == method;

    private static bool IsInWhile(SyntaxNode node) => node.Ancestors()
        .TakeWhile(static a => a is not (AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or BaseMethodDeclarationSyntax))
        .Any(static a => a is WhileStatementSyntax or DoStatementSyntax or ForStatementSyntax { Condition: null });

    private static bool IsEndless(ExpressionSyntax time) =>
        time is MemberAccessExpressionSyntax { Expression: IdentifierNameSyntax { Identifier.Text: "Timeout" } };

    private static bool IsTest(MethodDeclarationSyntax method) =>
        method.AttributeLists.SelectMany(static list => list.Attributes).Any(static a => a.Name.ToString() is "Fact" or "Theory");
}
