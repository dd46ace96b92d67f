using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Berth.Pauses;

/// <summary>Puts a pause after each statement that awaits: a call, an assignment or a new variable.</summary>
internal sealed class PauseRewriter : CSharpSyntaxRewriter
{
    private const string Pause = "await global::RandomPause.NextAsync();";

    /// <summary>The number of pauses so far.</summary>
    public int Count { get; private set; }

    public override SyntaxNode? VisitExpressionStatement(ExpressionStatementSyntax node)
    {
        bool pauses = Awaits(node) && !Declares(node);
        SyntaxNode? visited = base.VisitExpressionStatement(node);
        // A block, so that the pause stays with a statement that has no braces around it.
        return pauses && visited is StatementSyntax statement
            ? SyntaxFactory.Block(statement.WithoutTrivia(), NewPause())
                .WithLeadingTrivia(statement.GetLeadingTrivia()).WithTrailingTrivia(statement.GetTrailingTrivia())
            : visited;
    }

    /// <summary>Puts pauses after statements that declare a variable, which the statements after them use.</summary>
    public override SyntaxNode? VisitBlock(BlockSyntax node)
    {
        BlockSyntax visited = (BlockSyntax)base.VisitBlock(node)!;
        List<StatementSyntax> statements = [];
        foreach (StatementSyntax statement in visited.Statements)
        {
            bool pauses = Awaits(statement) && Declares(statement);
            // On the same line, so that the lines of a failure are those of the file.
            statements.Add(pauses ? statement.WithoutTrailingTrivia() : statement);
            if (pauses)
                statements.Add(NewPause().WithTrailingTrivia(statement.GetTrailingTrivia()));
        }

        return visited.WithStatements([.. statements]);
    }

    private static bool Awaits(StatementSyntax statement) => statement switch
    {
        ExpressionStatementSyntax { Expression: AwaitExpressionSyntax } => true,
        ExpressionStatementSyntax { Expression: AssignmentExpressionSyntax assignment } => assignment.Right is AwaitExpressionSyntax,
        LocalDeclarationStatementSyntax { UsingKeyword.RawKind: 0 } variable =>
            variable.Declaration.Variables.Any(static one => one.Initializer?.Value is AwaitExpressionSyntax),
        _ => false,
    };

    /// <summary>True for a declaration, the parts of a tuple, and an <c>out</c> argument with a type.</summary>
    private static bool Declares(StatementSyntax statement) => statement is LocalDeclarationStatementSyntax
        || statement.DescendantNodes(static child => child is not AnonymousFunctionExpressionSyntax).Any(
            static child => child is DeclarationExpressionSyntax or SingleVariableDesignationSyntax);

    private StatementSyntax NewPause()
    {
        Count++;
        return SyntaxFactory.ParseStatement($" {Pause}");
    }
}
